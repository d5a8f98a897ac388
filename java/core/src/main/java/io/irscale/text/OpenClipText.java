package io.irscale.text;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Entities;
import org.jsoup.parser.Parser;

/**
 * A prompt as open_clip's {@code SimpleTokenizer} cleans it before BPE ({@code tokenizer.py}, {@code _clean_lower}): what
 * ftfy 6.3 fixes ({@code ftfy/fixes.py}, in the order of {@code fix_and_explain}), HTML references resolved twice,
 * single spaces, lower case.
 *
 * <p>One of ftfy's fixes is not made: mojibake, text that was once decoded by the wrong encoding, such as {@code Ã©} for
 * {@code é}, stays as it is.
 */
final class OpenClipText {
    private static final Pattern ENTITY = Pattern.compile("&#?[0-9A-Za-z]{1,24};");
    private static final Pattern C1 = Pattern.compile("[\\x80-\\x9f]");
    // Ligatures and digraphs of Latin letters, full-width and half-width forms.
    private static final Pattern FORMS = Pattern.compile(
            "[\\u0132\\u0133\\u0149\\u01c4-\\u01cc\\u01f1-\\u01f3\\ufb00-\\ufb04\\ufb06\\u3000\\uff01-\\uffef]");
    private static final Pattern SINGLE_QUOTES = Pattern.compile("[\\u02bc\\u2018-\\u201b]");
    private static final Pattern DOUBLE_QUOTES = Pattern.compile("[\\u201c-\\u201f]");
    private static final Pattern LINE_BREAKS = Pattern.compile("\\r\\n|[\\r\\u2028\\u2029\\x85]");
    private static final Pattern LONE_SURROGATES = Pattern.compile("\\p{Cs}");
    private static final Pattern TERMINAL_ESCAPES = Pattern.compile("\\x1b\\[[\\d;]*[a-zA-Z]");
    private static final Pattern CONTROLS =
            Pattern.compile("[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f\\u206a-\\u206f\\ufeff\\ufff9-\\ufffc]");
    private static final Pattern FORBIDDEN = Pattern.compile("[\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f]");
    private static final Pattern SPACES = Pattern.compile("[\\x1c-\\x1f\\s]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Charset WINDOWS = Charset.forName("windows-1252");

    private OpenClipText() {}

    static String clean(String prompt) {
        String text = unescape(unescape(fix(prompt)));
        return SPACES.matcher(text).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }

    /** {@code ftfy.fix_text}, line by line. */
    private static String fix(String text) {
        StringBuilder fixed = new StringBuilder();
        boolean html = false;
        for (String line : text.split("(?<=\n)", -1)) {
            // A tag tells that references are meant as they stand, from here on.
            html |= line.contains("<");
            fixed.append(fixLine(line, !html));
        }
        return fixed.toString();
    }

    private static String fixLine(String line, boolean entities) {
        String before;
        String text = line;
        do {
            before = text;
            if (entities) {
                text = ENTITY.matcher(text).replaceAll(OpenClipText::entity);
            }
            text = C1.matcher(text).replaceAll(match -> windows(match.group()));
            text = text.replace("\ufb05", "\u017ft");
            text = FORMS.matcher(text).replaceAll(match -> Normalizer.normalize(match.group(), Normalizer.Form.NFKC));
            text = DOUBLE_QUOTES.matcher(text).replaceAll("\"");
            text = SINGLE_QUOTES.matcher(text).replaceAll("'");
            text = LINE_BREAKS.matcher(text).replaceAll("\n");
            text = LONE_SURROGATES.matcher(text).replaceAll("\ufffd");
            text = TERMINAL_ESCAPES.matcher(text).replaceAll("");
            text = CONTROLS.matcher(text).replaceAll("");
            text = Normalizer.normalize(text, Normalizer.Form.NFC);
        } while (!text.equals(before));
        return text;
    }

    /** Unambiguous references only; also those of lower-case names written in capitals. */
    private static String entity(MatchResult match) {
        String whole = match.group();
        String resolved = whole;
        if (whole.startsWith("&#")) {
            String character = unescape(whole);
            resolved = character.contains(";") ? whole : character;
        } else {
            String name = whole.substring(1, whole.length() - 1);
            String lower = name.toLowerCase(Locale.ROOT);
            if (Entities.isNamedEntity(name)) {
                resolved = Entities.getByName(name);
            } else if (name.equals(lower.toUpperCase(Locale.ROOT))
                    && Entities.isNamedEntity(lower)
                    && unescape(whole).equals(whole)) {
                resolved = Entities.getByName(lower).toUpperCase(Locale.ROOT);
            }
        }
        return Matcher.quoteReplacement(resolved);
    }

    /** A C1 control as the character that Windows has in its place; five have none. */
    private static String windows(String control) {
        String character = new String(control.getBytes(StandardCharsets.ISO_8859_1), WINDOWS);
        return character.equals("\ufffd") ? control : character;
    }

    /** Python's {@code html.unescape}: jsoup differs in what HTML forbids to refer to. */
    private static String unescape(String text) {
        String resolved = Parser.unescapeEntities(text, false).replace('\0', '\ufffd');
        return LONE_SURROGATES
                .matcher(FORBIDDEN.matcher(resolved).replaceAll(""))
                .replaceAll("\ufffd");
    }
}
