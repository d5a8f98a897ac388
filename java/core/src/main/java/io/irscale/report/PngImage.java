package io.irscale.report;

import ar.com.hjg.pngj.ImageInfo;
import ar.com.hjg.pngj.ImageLineInt;
import ar.com.hjg.pngj.PngReader;
import ar.com.hjg.pngj.PngjException;
import ar.com.hjg.pngj.PngjExceptionInternal;
import ar.com.hjg.pngj.PngjUnsupportedException;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/** A PNG file read back: grey or RGB, 8 or 16 bits. */
public final class PngImage {
    /** Keeps a small file that claims to be huge from taking the memory. */
    private static final long LIMIT = 1L << 26;

    private final ImageInfo info;
    private final int[] samples;
    private final Map<String, String> texts;

    private PngImage(ImageInfo info, int[] samples, Map<String, String> texts) {
        this.info = info;
        this.samples = samples;
        this.texts = Collections.unmodifiableMap(texts);
    }

    /**
     * Reads a whole file, checking its checksums.
     *
     * @param file a PNG without palette and alpha
     * @return its pixels and texts
     * @throws InvalidInputException if it cannot be read, is broken, or is of another kind, naming it
     */
    public static PngImage read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            PngReader reader = new PngReader(in, false);
            ImageInfo info = reader.imgInfo;
            check(file, info);
            int[] samples = new int[info.rows * info.samplesPerRow];
            for (int y = 0; y < info.rows; y++) {
                int[] row = ((ImageLineInt) reader.readRow(y)).getScanline();
                System.arraycopy(row, 0, samples, y * info.samplesPerRow, info.samplesPerRow);
            }
            reader.end();
            return new PngImage(info, samples, PngTexts.read(reader.getChunksList()));
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read", e);
        } catch (PngjException | PngjExceptionInternal | PngjUnsupportedException e) {
            throw new InvalidInputException(file + ": is no PNG that can be read (" + e.getMessage() + ")", e);
        }
    }

    private static void check(Path file, ImageInfo info) {
        if (info.indexed || info.alpha || info.bitDepth < 8) {
            throw new InvalidInputException(file
                    + ": has a palette, alpha or fewer than 8 bits; a grey or RGB PNG of 8 or 16 bits was expected");
        }
        if ((long) info.rows * info.samplesPerRow > LIMIT) {
            throw new InvalidInputException(file + ": is " + info.cols + " x " + info.rows + " of " + info.channels
                    + " channels, more than " + LIMIT + " samples");
        }
    }

    /** {@return W, in pixels} */
    public int width() {
        return info.cols;
    }

    /** {@return H, in pixels} */
    public int height() {
        return info.rows;
    }

    /** {@return 1 for grey, 3 for RGB} */
    public int channels() {
        return info.channels;
    }

    /** {@return 8 or 16} */
    public int bitDepth() {
        return info.bitDepth;
    }

    /** {@return (H, W, channels), each 0..255 or 0..65535; a copy} */
    public int[] samples() {
        return samples.clone();
    }

    /** {@return the tEXt, zTXt and iTXt chunks, key to value, in the file's order; of equal keys the first} */
    public Map<String, String> texts() {
        return texts;
    }
}
