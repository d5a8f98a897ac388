package io.irscale.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.error.LibraryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Hugging Face tokenizer that truncates and pads as transformers does with {@code padding="max_length"} and
 * {@code truncation=True}: on the right, keeping EOS last. Safe for many threads, one at a time.
 */
final class NativeTokenizer implements AutoCloseable {
    // Truncation is ours, so that it can be told which words were lost.
    private static final Map<String, String> WHOLE_PROMPT =
            Map.of("addSpecialTokens", "true", "truncation", "do_not_truncate", "padding", "do_not_pad");

    // Of a vocabulary that spells everything, byte by byte if need be.
    private static final int ALL_KNOWN = -1;

    private final String name;
    private final Path source;
    private final HuggingFaceTokenizer tokenizer;
    private final int[] empty;
    private final int unknownId;
    private boolean closed;

    private NativeTokenizer(String name, Path source, HuggingFaceTokenizer tokenizer, int[] empty, int unknownId) {
        this.name = name;
        this.source = source;
        this.tokenizer = tokenizer;
        this.empty = empty;
        this.unknownId = unknownId;
    }

    /**
     * Opens a tokenizer that the caller closes.
     *
     * @param name what it is, for messages
     * @param source where {@code root} comes from, for messages
     * @param root a tokenizer.json; the library reads this and not the file, so that it sees what was checked
     * @param specials how many special tokens it must put around a prompt, EOS last
     */
    static NativeTokenizer open(String name, Path source, JsonNode root, int specials) {
        TokenizerPanics.refuse(source, root);
        HuggingFaceTokenizer tokenizer = load(source, root.toString().getBytes(StandardCharsets.UTF_8));
        int[] empty;
        try {
            empty = ids(source, encode(source, tokenizer, ""));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
        if (empty.length != specials) {
            tokenizer.close();
            throw new InvalidInputException(source + ": puts " + empty.length
                    + " special tokens around a prompt; a tokenizer of " + name + " puts " + specials);
        }
        // Unigram alone has such a token.
        int unknownId = root.path("model").path("unk_id").asInt(ALL_KNOWN);
        return new NativeTokenizer(name, source, tokenizer, empty, unknownId);
    }

    private static HuggingFaceTokenizer load(Path source, byte[] json) {
        TokenizerLibrary.prepare();
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), WHOLE_PROMPT);
        } catch (EngineException | LinkageError e) {
            throw new LibraryException(
                    "the tokenizers library cannot be loaded (" + firstLine(e)
                            + "); set IRSCALE_CACHE to a folder from which libraries may be loaded",
                    e);
        } catch (RuntimeException e) {
            throw new InvalidInputException(source + ": is no tokenizer that can be read (" + firstLine(e) + ")", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized TokenIds encode(String prompt, int maxLength, int padId) {
        if (closed) {
            throw new ClosedException(name + " tokenizer: used after it was closed");
        }
        if (maxLength < empty.length) {
            throw new InvalidInputException(name + " tokenizer: the length " + maxLength
                    + " is too small; the special tokens alone take " + empty.length);
        }
        requireUnicode(prompt);
        Encoding encoding = encode(source, tokenizer, prompt);
        int[] all = ids(source, encoding);
        int[] ids = Arrays.copyOf(all, maxLength);
        if (all.length <= maxLength) {
            Arrays.fill(ids, all.length, maxLength, padId);
            return new TokenIds(ids, all.length, false, "", unknown(prompt, encoding, all));
        }
        ids[maxLength - 1] = empty[empty.length - 1];
        return new TokenIds(
                ids,
                maxLength,
                true,
                cut(prompt, encoding.getCharTokenSpans(), maxLength - 1),
                unknown(prompt, encoding, all));
    }

    private List<String> unknown(String prompt, Encoding encoding, int[] ids) {
        Set<String> words = new LinkedHashSet<>();
        for (int i = 0; i < ids.length; i++) {
            CharSpan span = ids[i] == unknownId ? encoding.getCharTokenSpans()[i] : null;
            if (span != null) {
                words.add(wordAround(
                        prompt,
                        prompt.offsetByCodePoints(0, span.getStart()),
                        prompt.offsetByCodePoints(0, span.getEnd())));
            }
        }
        return List.copyOf(words);
    }

    private static String wordAround(String prompt, int from, int to) {
        int start = from;
        int end = to;
        while (start > 0 && !Character.isWhitespace(prompt.charAt(start - 1))) {
            start--;
        }
        while (end < prompt.length() && !Character.isWhitespace(prompt.charAt(end))) {
            end++;
        }
        return prompt.substring(start, end).strip();
    }

    /** A vocabulary may turn out to be broken only at a prompt, such as one without the token for the unknown. */
    private static Encoding encode(Path source, HuggingFaceTokenizer tokenizer, String prompt) {
        try {
            return tokenizer.encode(prompt);
        } catch (RuntimeException e) {
            throw new InvalidInputException(source + ": cannot encode a prompt (" + firstLine(e) + ")", e);
        }
    }

    private static int[] ids(Path source, Encoding encoding) {
        long[] ids = encoding.getIds();
        Arrays.stream(ids).filter(id -> id > Integer.MAX_VALUE).findFirst().ifPresent(id -> {
            throw new InvalidInputException(source + ": has the token id " + id + ", expected less than 2^31");
        });
        return Arrays.stream(ids).mapToInt(id -> (int) id).toArray();
    }

    /** Special tokens that stand for no text have no span. Spans count code points. */
    private static String cut(String prompt, @Nullable CharSpan[] spans, int firstDropped) {
        for (int i = firstDropped; i < spans.length; i++) {
            CharSpan span = spans[i];
            if (span != null) {
                int start = prompt.offsetByCodePoints(0, span.getStart());
                return prompt.substring(start).strip();
            }
        }
        return "";
    }

    /** The native side takes UTF-8, which cannot hold half a surrogate pair. */
    private static void requireUnicode(String prompt) {
        for (int i = 0; i < prompt.length(); i += Character.charCount(prompt.codePointAt(i))) {
            if (Character.getType(prompt.codePointAt(i)) == Character.SURROGATE) {
                throw new InvalidInputException("the prompt is no valid Unicode: lone surrogate U+%04X at character %d"
                        .formatted((int) prompt.charAt(i), i));
            }
        }
    }

    private static String firstLine(Throwable e) {
        Throwable told = e.getMessage() == null && e.getCause() != null ? e.getCause() : e;
        return String.valueOf(told.getMessage()).lines().findFirst().orElse("no reason given");
    }

    /** Frees the native tokenizer. */
    @Override
    public synchronized void close() {
        if (closed) {
            throw new ClosedException(name + " tokenizer: closed twice");
        }
        closed = true;
        tokenizer.close();
    }
}
