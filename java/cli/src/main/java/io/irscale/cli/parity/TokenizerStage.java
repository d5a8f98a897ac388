package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.error.InvalidInputException;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.T5Tokenizer;
import io.irscale.text.TokenIds;
import io.irscale.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tokenizers.json}: awkward prompts with their ids under {@code <tokenizer>_<length>}. */
record TokenizerStage() implements Stage {
    private static final JsonMapper JSON = new JsonMapper();
    static final String FILE = "tokenizers.json";
    private static final String TEXT = "text";
    private static final Pattern KEY = Pattern.compile("(clip|t5)_\\d{1,4}");

    @Override
    public String name() {
        return "tokenizers";
    }

    /** A tokenizer's way to encode. */
    @FunctionalInterface
    private interface Encoder {
        TokenIds encode(String prompt, int length);
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        JsonNode prompts =
                read(goldens.shared(FILE).orElseThrow(() -> new MissingGoldenException(name(), GoldenFile.WHOLE)));
        Tokenizers folders =
                Tokenizers.find(pipeline.options().files().tokenizers().orElse(goldens.path("pipeline")));
        try (ClipTokenizer clip = ClipTokenizer.open(folders.clip());
                T5Tokenizer t5 = T5Tokenizer.open(folders.t5())) {
            Set<String> keys = new TreeSet<>(List.of("clip_77", "t5_128"));
            prompts.forEach(prompt -> keys.addAll(prompt.propertyNames()));
            keys.remove(TEXT);
            for (String key : keys) {
                Encoder encoder = key.startsWith("clip_") ? clip::encode : t5::encode;
                checks.attempt(name(), key, () -> check(prompts, key, encoder, checks));
            }
        }
    }

    /** One line if all prompts are right, else one for each that is wrong. */
    private void check(JsonNode prompts, String key, Encoder encoder, Checks checks) {
        if (!KEY.matcher(key).matches()) {
            checks.add(Comparison.told(name(), key, Verdict.FAIL, Parity.UNKNOWN));
            return;
        }
        int length = Integer.parseInt(key.substring(key.indexOf('_') + 1));
        int wrong = 0;
        for (int i = 0; i < prompts.size(); i++) {
            JsonNode prompt = prompts.get(i);
            int[] golden = prompt.required(key)
                    .valueStream()
                    .mapToInt(JsonNode::intValue)
                    .toArray();
            int[] ours =
                    encoder.encode(prompt.required(TEXT).stringValue(), length).ids();
            if (!Arrays.equals(golden, ours)) {
                wrong++;
                String note = "differs from id %d on".formatted(Arrays.mismatch(golden, ours));
                checks.add(Comparison.told(name(), "%s[%d]".formatted(key, i), Verdict.FAIL, note));
            }
        }
        if (wrong == 0) {
            checks.add(Comparison.of(name(), "%s (%d prompts)".formatted(key, prompts.size()), 0, Tolerance.EXACT));
        }
    }

    private static JsonNode read(Path file) {
        try {
            JsonNode prompts = JSON.readTree(Files.readAllBytes(file));
            if (!prompts.isArray() || prompts.isEmpty()) {
                throw new InvalidInputException(file + ": holds no list of prompts");
            }
            return prompts;
        } catch (IOException | JacksonException e) {
            throw new InvalidInputException(file + ": cannot be read: " + Notes.reason(e), e);
        }
    }
}
