package io.irscale.text;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What transformers' {@code SiglipTokenizer} does to a prompt before SentencePiece splits it (canonicalize_text). */
final class SiglipText {
    // SentencePiece's space: it stands before the prompt in place of a dummy prefix, and nowhere else.
    private static final String SPACE = "▁";
    // Python's string.punctuation.
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
    // Python's \s.
    private static final Pattern SPACES = Pattern.compile("[\\s\\x1C-\\x1F]+", Pattern.UNICODE_CHARACTER_CLASS);

    private SiglipText() {}

    /**
     * Lower case where asked for, without punctuation, single spaces; special tokens stay as they are.
     *
     * @param specials their texts
     */
    static String clean(String prompt, boolean lowerCase, List<String> specials) {
        String text = SPACE + prompt.replace(SPACE, " ");
        StringBuilder out = new StringBuilder();
        int from = 0;
        if (!specials.isEmpty()) {
            String any = specials.stream().map(Pattern::quote).collect(Collectors.joining("|"));
            Matcher found = Pattern.compile(any).matcher(text);
            while (found.find()) {
                out.append(canonical(text.substring(from, found.start()), lowerCase))
                        .append(found.group());
                from = found.end();
            }
        }
        out.append(canonical(text.substring(from), lowerCase));
        // Nothing but the prefix: SentencePiece drops spaces at the end.
        return out.toString().equals(SPACE) ? "" : out.toString();
    }

    private static String canonical(String text, boolean lowerCase) {
        String lower = lowerCase ? text.toLowerCase(Locale.ROOT) : text;
        String words = PUNCTUATION.matcher(lower).replaceAll("");
        return SPACES.matcher(words).replaceAll(" ").strip();
    }
}
