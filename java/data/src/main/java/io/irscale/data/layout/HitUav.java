package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * HIT-UAV (Suo et al., Scientific Data 10, 227, 2023, doi 10.1038/s41597-023-02066-6): 2,898 thermal images of 640 x 512
 * from a drone, CC BY 4.0. Either its own {@code normal_xml} ({@code JPEGImages}, {@code Annotations} in VOC) or an
 * {@link ImageFolder} whose files keep its names: time (0 day, 1 night)_altitude_angle_weather_serial.
 *
 * <p>The names say nothing of the hundreds of videos behind them. Images with the same time, altitude, angle and weather
 * are a group, so that neighbouring frames of one flight stay together; a flight that turned its camera is in several.
 */
final class HitUav implements Layout {
    private static final String TEMPLATE =
            "an infrared aerial photo at {time} from {altitude_m} m looking {view}{objects}";
    private static final Pattern NAME = Pattern.compile("(([01])_(\\d+)_(\\d+)_(\\d+))_\\d+\\.(?i:jpe?g|png)");

    @Override
    public boolean fits(Path folder) {
        ImageFolder metadata = new ImageFolder();
        Stream<Path> images = metadata.fits(folder)
                ? Stream.concat(Stream.of(folder), Folders.in(folder).stream())
                        .flatMap(part -> Folders.images(part).stream())
                : Files.isDirectory(xml(folder).resolve("Annotations"))
                        ? Folders.images(xml(folder).resolve("JPEGImages")).stream()
                        : Stream.of();
        List<Path> found = images.toList();
        return !found.isEmpty()
                && found.stream()
                        .allMatch(image -> name(image.getFileName().toString()).matches());
    }

    @Override
    public Dataset read(Path folder) {
        List<Sample> samples = new ImageFolder().fits(folder)
                ? new ImageFolder().read(folder).samples()
                : Folders.images(xml(folder).resolve("JPEGImages")).stream()
                        .map(image -> new Sample(
                                ImageSource.of(image),
                                Optional.empty(),
                                Optional.of(Voc.boxesOf(image, xml(folder).resolve("Annotations"))),
                                "",
                                Map.of()))
                        .toList();
        return new Dataset(
                "HIT-UAV",
                "HIT-UAV, Suo et al. 2023, doi 10.1038/s41597-023-02066-6, CC BY 4.0",
                TEMPLATE,
                samples.stream().map(HitUav::named).toList(),
                List.of());
    }

    private static Path xml(Path folder) {
        Path nested = folder.resolve("normal_xml");
        return Files.isDirectory(nested) ? nested : folder;
    }

    private static Matcher name(String image) {
        return NAME.matcher(image);
    }

    private static Sample named(Sample sample) {
        Matcher name = name(sample.image().name());
        if (!name.matches()) {
            return sample;
        }
        Map<String, String> attributes = new HashMap<>(sample.attributes());
        attributes.put("time", name.group(2).equals("0") ? "day" : "night");
        attributes.put("altitude_m", name.group(3));
        attributes.put("angle_deg", name.group(4));
        attributes.put("view", name.group(4).equals("90") ? "straight down" : "at " + name.group(4) + " degrees");
        return new Sample(sample.image(), sample.caption(), sample.boxes(), "HIT-UAV " + name.group(1), attributes);
    }
}
