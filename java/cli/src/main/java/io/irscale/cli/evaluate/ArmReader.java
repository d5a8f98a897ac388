package io.irscale.cli.evaluate;

import io.irscale.cli.ImageSet;
import io.irscale.cli.Named;
import io.irscale.cli.RunJson;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import io.irscale.data.image.Scaling;
import io.irscale.error.InvalidInputException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code [NAME=]DIR[#WHICH]}: a folder of irscale's, whose run.json knows the prompts, or any other with images. */
final class ArmReader {
    private ArmReader() {}

    static Arm read(String text, PrintWriter err) {
        Named named = Files.exists(Path.of(text)) ? new Named(Optional.empty(), text) : Named.parse(text);
        int hash = named.rest().lastIndexOf('#');
        boolean picks = hash >= 0 && Files.notExists(Path.of(named.rest()));
        Path folder = Path.of(picks ? named.rest().substring(0, hash) : named.rest());
        Optional<String> which = picks ? Optional.of(named.rest().substring(hash + 1)) : Optional.empty();
        if (Files.notExists(folder)) {
            throw new InvalidInputException("--generated " + folder + ": is not there");
        }
        String own = folder.toAbsolutePath().normalize().getFileName()
                + which.map(pick -> "#" + pick).orElse("");
        String name = named.name().orElse(own);
        Path run = folder.resolve(RunJson.FILE);
        return Files.exists(run)
                ? ofRun(name, named.rest(), RunImages.read(run, which))
                : ofDataset(name, named.rest(), folder, which, err);
    }

    private static Arm ofRun(String name, String source, List<RunImages.Picture> pictures) {
        return new Arm(
                name,
                source,
                pictures.size(),
                pictures.stream().map(picture -> ImageSource.of(picture.file())).toList(),
                Optional.of(pictures.stream().map(RunImages.Picture::prompt).toList()),
                Scaling.pictures());
    }

    private static Arm ofDataset(String name, String source, Path folder, Optional<String> which, PrintWriter err) {
        which.ifPresent(pick -> {
            throw new InvalidInputException(
                    "--generated %s: #%s needs a run.json of irscale, and %s has none".formatted(source, pick, folder));
        });
        List<Sample> samples = ImageSet.dataset(folder, err).samples();
        List<String> captions =
                samples.stream().flatMap(sample -> sample.caption().stream()).toList();
        return new Arm(
                name,
                source,
                samples.size(),
                samples.stream().map(Sample::image).toList(),
                Optional.of(captions).filter(all -> all.size() == samples.size()),
                Scaling.pictures());
    }
}
