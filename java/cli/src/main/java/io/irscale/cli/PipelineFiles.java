package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a pipeline's folder. */
final class PipelineFiles {
    private PipelineFiles() {}

    /**
     * All that goes with a merged transformer, by relative name: not the transformer's own folder, hidden files, nor
     * weights beside the models' folders, which are other copies of the same models.
     *
     * @param withoutClip leaves out the CLIP text encoder's weights as well
     */
    static Map<String, Path> besides(Path model, boolean withoutClip) {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(model, FileVisitOption.FOLLOW_LINKS)) {
            walk.filter(Files::isRegularFile).forEach(file -> {
                Path relative = model.relativize(file);
                if (belongs(relative) && !(withoutClip && isClipWeights(relative))) {
                    files.put(relative.toString(), file);
                }
            });
            return files;
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException(model + ": cannot be read: " + FileReason.of(e), e);
        }
    }

    private static boolean belongs(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        boolean beside = relative.getNameCount() == 1;
        return beside ? !relative.toString().endsWith(".safetensors") : !relative.startsWith("transformer");
    }

    private static boolean isClipWeights(Path relative) {
        String name = relative.getFileName().toString();
        return relative.startsWith("text_encoder")
                && (name.endsWith(".safetensors") || name.endsWith(".safetensors.index.json") || name.endsWith(".bin"));
    }
}
