package io.irscale.cli.reproduce;

import io.irscale.data.ImageFiles;
import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Images drawn in one way, one a prompt, kept in a folder with {@value #FILE}.
 *
 * @param name what a table calls it, and its folder
 * @param source all that its images depend on, in words
 * @param shots its images, in the prompts' order
 */
record Arm(String name, String source, List<Shot> shots) {
    private static final String FILE = "arm.json";
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * An image.
     *
     * @param score by the verifier that the search followed
     * @param forwards of the transformer that it took, those of other candidates included
     * @param seconds of compute that it took
     */
    record Shot(double score, long forwards, double seconds) {}

    /** The arm that a folder keeps, if it was drawn from the same source. */
    static Optional<Arm> kept(Path samples, String name, String source) {
        Path file = samples.resolve(name).resolve(FILE);
        try {
            return Files.exists(file)
                    ? Optional.of(JSON.readValue(Files.readString(file), Arm.class))
                            .filter(arm -> arm.source().equals(source))
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            throw new InvalidInputException(file + ": cannot be read as an arm of a reproduction", e);
        }
    }

    /** To be written when all images are there. */
    void keep(Path samples) {
        AtomicFile.write(
                samples.resolve(name).resolve(FILE),
                JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8));
    }

    /** The file of a prompt's image. */
    static Path file(Path samples, String name, int prompt) {
        return samples.resolve(name).resolve("%04d.png".formatted(prompt));
    }

    ImageFiles images(Path samples) {
        return ImageFiles.ofFiles(IntStream.range(0, shots.size())
                .mapToObj(i -> file(samples, name, i))
                .toList());
    }

    double score() {
        return shots.stream().mapToDouble(Shot::score).average().orElseThrow();
    }

    double forwards() {
        return shots.stream().mapToLong(Shot::forwards).average().orElseThrow();
    }

    double seconds() {
        return shots.stream().mapToDouble(Shot::seconds).average().orElseThrow();
    }
}
