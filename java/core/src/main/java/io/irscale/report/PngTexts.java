package io.irscale.report;

import ar.com.hjg.pngj.PngReader;
import ar.com.hjg.pngj.PngWriter;
import ar.com.hjg.pngj.PngjException;
import ar.com.hjg.pngj.PngjExceptionInternal;
import ar.com.hjg.pngj.PngjUnsupportedException;
import ar.com.hjg.pngj.chunks.ChunksList;
import ar.com.hjg.pngj.chunks.PngChunk;
import ar.com.hjg.pngj.chunks.PngChunkITXT;
import ar.com.hjg.pngj.chunks.PngChunkTEXT;
import ar.com.hjg.pngj.chunks.PngChunkTextVar;
import io.irscale.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The text chunks of a PNG (PNG specification, third edition, 11.3.3). */
public final class PngTexts {
    private static final String LATIN1 = "\\x20-\\x7E\\xA1-\\xFF";
    private static final Pattern KEY = Pattern.compile("(?! )(?!.*  )[" + LATIN1 + "]{1,79}(?<! )");
    private static final Pattern LATIN1_TEXT = Pattern.compile("[\\n" + LATIN1 + "]*+");

    private PngTexts() {}

    /**
     * The texts of a PNG, key to value, in the file's order; of equal keys the first.
     *
     * @param place where the bytes are from, for messages
     * @param png a whole file
     * @throws InvalidInputException if it is no PNG that can be read
     */
    public static Map<String, String> of(String place, byte[] png) {
        try {
            PngReader reader = new PngReader(new ByteArrayInputStream(png), false);
            reader.readSkippingAllRows();
            return read(reader.getChunksList());
        } catch (PngjException | PngjExceptionInternal | PngjUnsupportedException e) {
            throw new InvalidInputException(place + ": is no PNG that can be read (" + e.getMessage() + ")", e);
        }
    }

    static void check(Path file, Map<String, String> texts) {
        for (String key : texts.keySet()) {
            if (!KEY.matcher(key).matches()) {
                throw new InvalidInputException(file + ": PNG allows no text with the key \"" + key.replace('\n', ' ')
                        + "\"; a key is 1 to 79 printable Latin-1 characters");
            }
        }
    }

    static void queue(PngWriter writer, Map<String, String> texts) {
        texts.forEach((key, value) -> {
            PngChunkTextVar chunk = LATIN1_TEXT.matcher(value).matches()
                    ? new PngChunkTEXT(writer.imgInfo)
                    : new PngChunkITXT(writer.imgInfo);
            chunk.setKeyVal(key, value.replace('\0', '\uFFFD'));
            writer.queueChunk(chunk);
        });
    }

    static Map<String, String> read(ChunksList chunks) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (PngChunk chunk : chunks.getChunks()) {
            if (chunk instanceof PngChunkTextVar text) {
                texts.putIfAbsent(text.getKey(), text.getVal());
            }
        }
        return texts;
    }
}
