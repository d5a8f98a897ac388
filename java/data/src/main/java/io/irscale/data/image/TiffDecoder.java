package io.irscale.data.image;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.irscale.error.InvalidInputException;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes the first image of a TIFF or BigTIFF: unsigned and signed whole numbers of 1 to 32 bits, halves, floats and
 * doubles, grey or RGB, with predictors, in strips and tiles. Samples come as stored, as tifffile gives them, and not
 * clamped as for a screen.
 */
final class TiffDecoder {
    private static final int WHITE_IS_ZERO = 0;
    private static final int RGB = 2;
    // By the numbers of tifffile and libtiff.
    private static final Map<Integer, String> UNREAD = Map.of(
            34712,
            "JPEG 2000",
            34887,
            "LERC",
            34925,
            "LZMA",
            50000,
            "Zstandard",
            50001,
            "WebP",
            50002,
            "JPEG XL",
            52546,
            "JPEG XL",
            34676,
            "SGI Log",
            34661,
            "JBIG");

    private final ImageSource source;
    private final ImageReader reader;
    private final TIFFImageMetadata tags;

    private TiffDecoder(ImageSource source, ImageReader reader) throws IOException {
        this.source = source;
        this.reader = reader;
        this.tags = (TIFFImageMetadata) reader.getImageMetadata(0);
    }

    static RawImage decode(ImageSource source, byte[] bytes) {
        ImageReader reader = ImageReaders.tiff();
        try (ImageInputStream in = new ByteArrayImageInputStream(bytes)) {
            reader.setInput(in);
            return new TiffDecoder(source, reader).decode();
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw ImageFile.unreadable(source, e);
        } finally {
            reader.dispose();
        }
    }

    private RawImage decode() throws IOException {
        requireReadable();
        int channels = tag(TIFF.TAG_SAMPLES_PER_PIXEL, 1);
        ImageFile.checkSize(source, reader.getWidth(0), reader.getHeight(0), channels);
        int photometric = tag(TIFF.TAG_PHOTOMETRIC_INTERPRETATION, 1);
        int bits = tag(TIFF.TAG_BITS_PER_SAMPLE, 1);
        boolean asStored = photometric <= RGB && bits >= 8;
        if (!asStored) { // bilevel, palettes and other colours, all of 8 bits once they are decoded
            return PictureDecoder.samples(source, reader.read(0), Optional.empty());
        }
        SampleType type = new SampleType(kind(tag(TIFF.TAG_SAMPLE_FORMAT, 1)), bits);
        int read = photometric == RGB ? 3 : 1; // what stands behind them, such as alpha, is not
        Raster raster = reader.readRaster(0, null);
        return new RawImage(
                source,
                raster.getWidth(),
                raster.getHeight(),
                read,
                type,
                photometric == WHITE_IS_ZERO,
                Optional.empty(),
                reader.getNumImages(true),
                samples(raster, read, type));
    }

    // What the reader would refuse by numbers alone, or stumble over.
    private void requireReadable() {
        int compression = tag(TIFF.TAG_COMPRESSION, 1);
        String method = UNREAD.get(compression);
        if (method != null) {
            throw new InvalidInputException(
                    "%s: is compressed by %s (%d), expected none, LZW, Deflate, PackBits or JPEG: save it in one of these"
                            .formatted(source, method, compression));
        }
        int bits = tag(TIFF.TAG_BITS_PER_SAMPLE, 1);
        if (bits > Integer.SIZE && kind(tag(TIFF.TAG_SAMPLE_FORMAT, 1)) != SampleType.Kind.FLOAT) {
            throw new InvalidInputException(
                    "%s: has whole numbers of %d bits, expected at most 32: save it with fewer, or as floats"
                            .formatted(source, bits));
        }
    }

    private SampleType.Kind kind(int format) {
        return switch (format) {
            case 1, 4 -> SampleType.Kind.UNSIGNED;
            case 2 -> SampleType.Kind.SIGNED;
            case 3 -> SampleType.Kind.FLOAT;
            default ->
                throw new InvalidInputException(
                        "%s: has complex samples (SampleFormat %d), expected whole numbers or floats"
                                .formatted(source, format));
        };
    }

    private int tag(int tag, int otherwise) {
        Entry entry = tags.getTIFFField(tag);
        return switch (entry == null ? null : entry.getValue()) {
            case Number number -> number.intValue();
            case int[] several -> several[0];
            case short[] several -> several[0];
            case long[] several -> (int) several[0];
            case null, default -> otherwise;
        };
    }

    private static double[] samples(Raster raster, int channels, SampleType type) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        double[] samples = new double[channels * width * height];
        // Java's rasters know no 32-bit numbers without sign, and no 8-bit ones with it.
        double turns = Math.pow(2, type.bits());
        double least = type.kind() == SampleType.Kind.UNSIGNED ? 0 : -turns / 2;
        boolean turned = type.kind() != SampleType.Kind.FLOAT;
        double[] row = new double[width];
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < height; y++) {
                raster.getSamples(0, y, width, 1, channel, row);
                for (int x = 0; turned && x < width; x++) {
                    if (row[x] < least) {
                        row[x] += turns;
                    } else if (row[x] >= least + turns) {
                        row[x] -= turns;
                    }
                }
                System.arraycopy(row, 0, samples, (channel * height + y) * width, width);
            }
        }
        return samples;
    }
}
