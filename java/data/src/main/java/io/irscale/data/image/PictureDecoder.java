package io.irscale.data.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import io.irscale.report.PngTexts;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Decodes the formats whose samples are unsigned numbers: PNG, JPEG and BMP, as Pillow does. */
final class PictureDecoder {
    // The JPEG decoder's words for data that is missing or wrong. Bytes too many before a marker are none of that:
    // every pixel is there, and common readers say nothing.
    private static final Pattern DAMAGE = Pattern.compile("(?i)(premature|truncated|corrupt)(?!.*extraneous bytes).*");

    private PictureDecoder() {}

    static RawImage png(ImageSource source, byte[] bytes) {
        BufferedImage decoded = decode(source, bytes, ImageReaders.builtIn("png"));
        boolean counts = decoded.getColorModel().getComponentSize(0) > 8;
        return samples(source, decoded, counts ? statedBy(source, bytes) : Optional.empty());
    }

    static RawImage jpeg(ImageSource source, byte[] bytes) {
        return samples(source, decode(source, ended(bytes), ImageReaders.jpeg()), Optional.empty());
    }

    static RawImage bmp(ImageSource source, byte[] bytes) {
        return samples(source, decode(source, bytes, ImageReaders.builtIn("bmp")), Optional.empty());
    }

    // irscale's own 16-bit images say which counts they hold; those without a word of it hold none.
    private static Optional<CountRange> statedBy(ImageSource source, byte[] bytes) {
        Map<String, String> texts = PngTexts.of(source.toString(), bytes);
        String range = texts.get(CountRange.KEY);
        if (range != null) {
            try {
                return Optional.of(CountRange.parse(range));
            } catch (InvalidInputException e) {
                throw new InvalidInputException(
                        "%s: its text %s: %s".formatted(source, CountRange.KEY, e.getMessage()), e);
            }
        }
        return texts.containsKey("irscale") ? Optional.of(new CountRange(0, 65535)) : Optional.empty();
    }

    // Some writers leave the end marker out; with it there, the decoder complains of missing pixels alone.
    private static byte[] ended(byte[] bytes) {
        int end = bytes.length;
        if (end >= 2 && bytes[end - 2] == (byte) 0xFF && bytes[end - 1] == (byte) 0xD9) {
            return bytes;
        }
        byte[] ended = Arrays.copyOf(bytes, end + 2);
        ended[end] = (byte) 0xFF;
        ended[end + 1] = (byte) 0xD9;
        return ended;
    }

    private static BufferedImage decode(ImageSource source, byte[] bytes, ImageReader reader) {
        List<String> warnings = new ArrayList<>();
        BufferedImage decoded;
        try (ImageInputStream in = new ByteArrayImageInputStream(bytes)) {
            reader.addIIOReadWarningListener((reading, warning) -> warnings.add(warning));
            reader.setInput(in, true, true);
            ImageFile.checkSize(source, reader.getWidth(0), reader.getHeight(0), 3);
            decoded = reader.read(0);
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw ImageFile.unreadable(source, e);
        } finally {
            reader.dispose();
        }
        // A cut JPEG comes with grey below the cut and a warning, not with an exception.
        warnings.stream()
                .filter(warning -> DAMAGE.matcher(warning).find())
                .findFirst()
                .ifPresent(warning -> {
                    throw new InvalidInputException(source + ": cannot be read as an image: " + warning);
                });
        return decoded;
    }

    /** The samples of a decoded picture; the colours of a palette. */
    static RawImage samples(ImageSource source, BufferedImage decoded, Optional<CountRange> stated) {
        ColorModel colours = decoded.getColorModel();
        int type = colours.getColorSpace().getType();
        boolean indexed = colours instanceof IndexColorModel;
        if (!indexed && type != ColorSpace.TYPE_GRAY && type != ColorSpace.TYPE_RGB) {
            throw new InvalidInputException(
                    "%s: has %d channels that are neither grey nor RGB".formatted(source, colours.getNumComponents()));
        }
        int width = decoded.getWidth();
        int height = decoded.getHeight();
        int channels = indexed || type == ColorSpace.TYPE_RGB ? 3 : 1;
        int bits = indexed ? 8 : colours.getComponentSize(0);
        double[] samples = new double[channels * width * height];
        Raster raster = decoded.getRaster();
        int[] row = new int[width];
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < height; y++) {
                // Not getRGB for the others: it bends grey by the gamma of sRGB, and has 8 bits.
                if (indexed) {
                    decoded.getRGB(0, y, width, 1, row, 0, width);
                } else {
                    raster.getSamples(0, y, width, 1, channel, row);
                }
                for (int x = 0; x < width; x++) {
                    samples[(channel * height + y) * width + x] =
                            indexed ? (row[x] >> (16 - 8 * channel)) & 0xFF : row[x];
                }
            }
        }
        return new RawImage(
                source,
                width,
                height,
                channels,
                new SampleType(SampleType.Kind.UNSIGNED, bits),
                false,
                stated,
                1,
                samples);
    }
}
