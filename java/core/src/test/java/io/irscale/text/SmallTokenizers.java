package io.irscale.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Both tokenizers of a pipeline with vocabularies of a few hundred tokens, for engines that need no true ones. */
public final class SmallTokenizers {
    // Every character of a prompt becomes a token: words of the same letters in another order stay different.
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    private SmallTokenizers() {}

    /** Writes {@code clip_l} and {@code t5} into {@code folder} and returns it. */
    public static Path write(Path folder) throws IOException {
        SmallClip.write(Files.createDirectories(folder.resolve("clip_l")));
        StringBuilder vocabulary =
                new StringBuilder("[\"<pad>\", 0.0], [\"</s>\", 0.0], [\"<unk>\", 0.0], [\"▁\", -1.0]");
        LETTERS.chars().forEach(letter -> vocabulary.append(", [\"%c\", -2.0]".formatted(letter)));
        Files.writeString(
                Files.createDirectories(folder.resolve("t5")).resolve("tokenizer.json"), t5(vocabulary.toString()));
        return folder;
    }

    /** A {@code tokenizer.json} of T5's kind; {@code vocabulary} is the inside of a JSON array of pieces and scores. */
    static String t5(String vocabulary) {
        return """
                {"version": "1.0", "normalizer": null, "decoder": null,
                 "added_tokens": [
                  {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true}],
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
                 "post_processor": {"type": "TemplateProcessing",
                  "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                  "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                  "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
                 "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": false, "vocab": [%s]}}
                """.formatted(vocabulary);
    }
}
