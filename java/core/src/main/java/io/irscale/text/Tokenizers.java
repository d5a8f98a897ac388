package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the two tokenizers of a pipeline lie.
 *
 * @param clip the folder of CLIP's, for {@link ClipTokenizer#open}
 * @param t5 the folder of T5's, for {@link T5Tokenizer#open}
 */
public record Tokenizers(Path clip, Path t5) {
    /**
     * Finds both tokenizers.
     *
     * @param folder a pipeline's folder as diffusers saves it, with {@code tokenizer/} (CLIP) and {@code tokenizer_2/}
     *     (T5), or a folder with the tokenizers alone, under these names or as {@code clip_l/} and {@code t5/}
     * @return both folders; what is in them is not looked at
     * @throws InvalidInputException if one is missing, naming what was looked for
     */
    public static Tokenizers find(Path folder) {
        return new Tokenizers(
                first(folder, "CLIP", List.of("tokenizer", "clip_l")),
                first(folder, "T5", List.of("tokenizer_2", "t5")));
    }

    private static Path first(Path folder, String what, List<String> names) {
        return names.stream()
                .map(folder::resolve)
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(folder + ": holds no " + what
                        + " tokenizer: looked for the folders " + String.join("/ and ", names) + "/"));
    }
}
