package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HIT-UAV (Suo et al., Scientific Data 10, 227, 2023, doi 10.1038/s41597-023-02066-6): 2,898 thermal images of 640 x 512
 * from a drone, CC BY 4.0, known by their names: time (0 day, 1 night)_altitude_angle_weather_serial. Its own forms are
 * {@code normal_json} (COCO, whose boxes begin at the left upper corner, whatever the README says), {@code normal_xml}
 * (VOC), {@code rotate_json} and {@code rotate_xml} (turned boxes); of several the first of these is read. Others are
 * YOLO's and the imagefolder.
 *
 * <p>The names say nothing of the hundreds of videos behind them. Images with the same time, altitude, angle and weather
 * are a group, so that neighbouring frames of one flight stay together; a flight that turned its camera is in several.
 */
final class HitUav implements Origin {
    private static final List<String> FORMS = List.of("normal_json", "normal_xml", "rotate_json", "rotate_xml");
    private static final Pattern NAME = Pattern.compile("(([01])_(\\d+)_(\\d+)_(\\d+))_\\d+\\.(?i:jpe?g|png)");

    @Override
    public String name() {
        return "HIT-UAV";
    }

    @Override
    public String source(Path folder) {
        return "HIT-UAV, Suo et al. 2023, doi 10.1038/s41597-023-02066-6, CC BY 4.0";
    }

    @Override
    public String template() {
        return "an infrared aerial photo at {time} from {altitude_m} m looking {view}{objects}";
    }

    @Override
    public Listing choose(Listing listing) {
        List<String> forms = FORMS.stream()
                .filter(form -> listing.images().stream()
                        .anyMatch(image -> image.folders().contains(form)))
                .toList();
        if (forms.size() < 2) {
            return listing;
        }
        List<String> others = new ArrayList<>(forms.subList(1, forms.size()));
        return listing.keep(
                image -> image.folders().stream().noneMatch(others::contains),
                List.of("%s/ is read and %s/, the same images, left out"
                        .formatted(forms.getFirst(), String.join("/, ", others))));
    }

    @Override
    public Optional<Facts> facts(Item image) {
        Matcher name = NAME.matcher(image.file());
        if (!name.matches()) {
            return Optional.empty();
        }
        String angle = name.group(4);
        return Optional.of(new Facts(
                "HIT-UAV " + name.group(1),
                Origin.split(
                        image,
                        Map.of(
                                "time",
                                name.group(2).equals("0") ? "day" : "night",
                                "altitude_m",
                                name.group(3),
                                "angle_deg",
                                angle,
                                "view",
                                angle.equals("90") ? "straight down" : "at " + angle + " degrees"))));
    }
}
