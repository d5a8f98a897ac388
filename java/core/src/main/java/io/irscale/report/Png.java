package io.irscale.report;

import ar.com.hjg.pngj.FilterType;
import ar.com.hjg.pngj.ImageInfo;
import ar.com.hjg.pngj.PngWriter;
import ar.com.hjg.pngj.PngjException;
import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Writes PNG files. The same pixels and texts give the same bytes with the same Java runtime: filter and compression
 * are fixed and no time is stored. A file appears whole or not at all (see {@link AtomicFile}).
 *
 * <p>Texts are key to value, written in the map's order: a value of printable Latin-1 as a tEXt chunk, any other as iTXt
 * in UTF-8. PNG has no place for the character NUL; U+FFFD takes its place. A key is 1..79 printable Latin-1 characters
 * with no space at either end and no two in a row.
 */
public final class Png {
    private static final int COMPRESSION = 6;

    private Png() {}

    /**
     * Writes 8-bit RGB.
     *
     * @param file the file, replaced if there
     * @param width W
     * @param height H
     * @param rgb (H, W, 3), R first
     * @param texts key to value
     * @throws InvalidInputException if the file cannot be written, the sizes do not fit or a key is not allowed
     */
    public static void writeRgb8(Path file, int width, int height, byte[] rgb, Map<String, String> texts) {
        write(file, info(file, width, height, 8, false), rgb.length, i -> rgb[i] & 0xFF, texts);
    }

    /**
     * Writes 8-bit grey.
     *
     * @param file the file, replaced if there
     * @param width W
     * @param height H
     * @param grey (H, W)
     * @param texts key to value
     * @throws InvalidInputException if the file cannot be written, the sizes do not fit or a key is not allowed
     */
    public static void writeGrey8(Path file, int width, int height, byte[] grey, Map<String, String> texts) {
        write(file, info(file, width, height, 8, true), grey.length, i -> grey[i] & 0xFF, texts);
    }

    /**
     * Writes 16-bit grey.
     *
     * @param file the file, replaced if there
     * @param width W
     * @param height H
     * @param grey (H, W), unsigned
     * @param texts key to value
     * @throws InvalidInputException if the file cannot be written, the sizes do not fit or a key is not allowed
     */
    public static void writeGrey16(Path file, int width, int height, short[] grey, Map<String, String> texts) {
        write(file, info(file, width, height, 16, true), grey.length, i -> grey[i] & 0xFFFF, texts);
    }

    private static ImageInfo info(Path file, int width, int height, int bits, boolean grey) {
        try {
            return new ImageInfo(width, height, bits, false, grey, false);
        } catch (PngjException e) {
            throw new InvalidInputException(file + ": no PNG is " + width + " x " + height, e);
        }
    }

    private static void write(
            Path file, ImageInfo info, int samples, IntUnaryOperator sample, Map<String, String> texts) {
        long wanted = (long) info.rows * info.samplesPerRow;
        if (samples != wanted) {
            throw new InvalidInputException(file + ": " + samples + " samples given; " + info.rows + " rows of "
                    + info.samplesPerRow + " are " + wanted);
        }
        PngTexts.check(file, texts);
        AtomicFile.write(file, encode(info, sample, texts));
    }

    private static byte[] encode(ImageInfo info, IntUnaryOperator sample, Map<String, String> texts) {
        // In memory, as pngj only logs what goes wrong when it closes a file.
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PngWriter writer = new PngWriter(out, info);
        writer.setCompLevel(COMPRESSION);
        writer.setFilterType(FilterType.FILTER_PAETH);
        PngTexts.queue(writer, texts);
        int[] row = new int[info.samplesPerRow];
        for (int y = 0; y < info.rows; y++) {
            for (int x = 0; x < row.length; x++) {
                row[x] = sample.applyAsInt(y * row.length + x);
            }
            writer.writeRowInt(row);
        }
        writer.end();
        return out.toByteArray();
    }
}
