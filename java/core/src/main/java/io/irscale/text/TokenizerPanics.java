package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/**
 * Refuses each tokenizer.json at which the tokenizers library (0.21) panics, in reading it or at a prompt: that would end
 * the whole process. Everything else that is wrong with one the library refuses itself.
 */
final class TokenizerPanics {
    // Something of everything that a pattern may look for.
    private static final String SAMPLE = "Ab z_ 09\t\n.,;'\"<|x|>-/\\ é ▁ ﬁ 日本 ";

    private final Path source;

    private TokenizerPanics(Path source) {
        this.source = source;
    }

    /**
     * Checks a file.
     *
     * @param source where it comes from, for messages
     * @throws InvalidInputException if the library would panic
     */
    static void refuse(Path source, JsonNode root) {
        TokenizerPanics panics = new TokenizerPanics(source);
        panics.normalizer(root.path("normalizer"));
        panics.preTokenizer(root.path("pre_tokenizer"));
        panics.postProcessor(root.path("post_processor"));
        panics.merges(root.path("model"));
    }

    // Steps may be sequences of steps, at any depth.
    private void normalizer(JsonNode step) {
        if (isOf(step, "Precompiled") || step.has("precompiled_charsmap")) {
            try {
                Charsmap.check(step.path("precompiled_charsmap").asString(""));
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException(source + ": its precompiled_charsmap is damaged: " + e.getMessage(), e);
            }
        }
        JsonNode pattern = step.path("pattern");
        if (pattern.path("String").asString("x").isEmpty()
                || matchesNothing(pattern.path("Regex").asString("x"))) {
            throw wrong("a Replace of its normalizer has the pattern " + pattern + ", which matches empty text");
        }
        step.path("normalizers").forEach(this::normalizer);
    }

    private static boolean matchesNothing(String regex) {
        try {
            Pattern compiled = Pattern.compile(regex);
            Matcher matcher = compiled.matcher(SAMPLE);
            return compiled.matcher("").find() || matcher.results().anyMatch(match -> match.start() == match.end());
        } catch (PatternSyntaxException e) {
            // The library knows more forms than Java, and refuses what it does not know.
            return false;
        }
    }

    private void preTokenizer(JsonNode step) {
        if (isOf(step, "FixedLength") && step.path("length").asLong(1) == 0) {
            throw wrong("FixedLength of its pre_tokenizer has length 0, expected 1 or more");
        }
        step.path("pretokenizers").forEach(this::preTokenizer);
    }

    private void postProcessor(JsonNode step) {
        JsonNode known = step.path("special_tokens");
        for (String form : new String[] {"single", "pair"}) {
            for (JsonNode piece : step.path(form)) {
                String token = piece.path("SpecialToken").path("id").asString("");
                if (piece.has("SpecialToken") && !known.has(token)) {
                    throw wrong(form + " of its post_processor has '" + token + "', which special_tokens lack");
                }
                if (form.equals("single")
                        && piece.path("Sequence").path("id").asString("A").equals("B")) {
                    throw wrong("single of its post_processor has sequence B, expected A alone");
                }
            }
        }
        step.path("processors").forEach(this::postProcessor);
    }

    private void merges(JsonNode model) {
        String prefix = model.path("continuing_subword_prefix").asString("");
        for (JsonNode merge : model.path("merges")) {
            String second = merge.isArray()
                    ? merge.path(1).asString(prefix)
                    : merge.asString("").replaceFirst("^[^ ]* ?", "");
            if (!second.startsWith(prefix)) {
                throw wrong(
                        "its merge " + merge + " lacks the continuing_subword_prefix '" + prefix + "' of the second");
            }
        }
    }

    private static boolean isOf(JsonNode step, String type) {
        return step.path("type").asString("").equals(type);
    }

    private InvalidInputException wrong(String what) {
        return new InvalidInputException(source + ": " + what);
    }
}
