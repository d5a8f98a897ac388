package io.irscale.data.image;

import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Reads PNG, JPEG and TIFF files. */
public final class ImageFile {
    // The reader's words for bytes that are missing or wrong; its other warnings are about metadata.
    private static final Pattern DAMAGE = Pattern.compile("(?i)premature|truncated|corrupt");

    private ImageFile() {}

    /**
     * An image of 8 or 16 bits: samples over their largest value, grey in all three channels, without transparency.
     *
     * @throws InvalidInputException if it is no such image
     */
    public static Image read(ImageSource source) {
        BufferedImage decoded = decode(source);
        ColorModel colours = decoded.getColorModel();
        boolean indexed = colours instanceof IndexColorModel;
        int type = colours.getColorSpace().getType();
        if (!indexed && type != ColorSpace.TYPE_GRAY && type != ColorSpace.TYPE_RGB) {
            throw new InvalidInputException(
                    "%s: has %d channels that are neither grey nor RGB".formatted(source, colours.getNumComponents()));
        }
        int height = decoded.getHeight();
        int width = decoded.getWidth();
        int plane = Math.multiplyExact(height, width);
        float[] values = new float[Math.multiplyExact(3, plane)];
        Raster samples = decoded.getRaster();
        for (int channel = 0; channel < 3; channel++) {
            int band = type == ColorSpace.TYPE_GRAY ? 0 : channel;
            float largest = indexed ? 255 : (1 << colours.getComponentSize(band)) - 1;
            for (int i = 0; i < plane; i++) {
                int x = i % width;
                int y = i / width;
                // Not getRGB for the others: it bends grey by the gamma of sRGB, and has 8 bits.
                int sample =
                        indexed ? decoded.getRGB(x, y) >> (16 - 8 * channel) & 0xFF : samples.getSample(x, y, band);
                values[channel * plane + i] = sample / largest;
            }
        }
        return new Image(height, width, values);
    }

    private static BufferedImage decode(ImageSource source) {
        List<String> warnings = new ArrayList<>();
        BufferedImage decoded;
        try (ImageInputStream bytes = ImageIO.createImageInputStream(new ByteArrayInputStream(source.bytes()))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(bytes);
            if (!readers.hasNext()) {
                throw new InvalidInputException(source + ": is not a PNG, JPEG or TIFF image");
            }
            ImageReader reader = readers.next();
            try {
                reader.addIIOReadWarningListener((reading, warning) -> warnings.add(warning));
                reader.setInput(bytes, true, true);
                decoded = reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException(source + ": cannot be read as an image: " + e, e);
        }
        // A cut JPEG comes with grey below the cut and a warning, not with an exception.
        warnings.stream().filter(DAMAGE.asPredicate()).findFirst().ifPresent(warning -> {
            throw new InvalidInputException(source + ": cannot be read as an image: " + warning);
        });
        return decoded;
    }
}
