package io.irscale.cli.report;

import io.irscale.decode.Image;
import io.irscale.error.InternalException;
import io.irscale.report.PngImage;
import io.irscale.report.Thumbnail;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Images as JPEG inside the page: data URIs. */
final class Pictures {
    private static final int SMALL = 96;
    private static final float SMALL_QUALITY = 0.75f;
    private static final int LARGE = 640;
    private static final float LARGE_QUALITY = 0.9f;

    private Pictures() {}

    /** A thumbnail of an image. */
    static String small(Image image, boolean grey) {
        byte[] bytes = grey ? image.grey8() : image.rgb8();
        int[] samples = new int[bytes.length];
        Arrays.setAll(samples, i -> Byte.toUnsignedInt(bytes[i]));
        return jpeg(picture(image.width(), image.height(), samples, 0), SMALL, SMALL_QUALITY);
    }

    /** A thumbnail of a PNG file. */
    static String small(Path file) {
        return jpeg(read(file), SMALL, SMALL_QUALITY);
    }

    /** A PNG file to look at. */
    static String large(Path file) {
        return jpeg(read(file), LARGE, LARGE_QUALITY);
    }

    private static BufferedImage read(Path file) {
        PngImage png = PngImage.read(file);
        return picture(png.width(), png.height(), png.samples(), png.bitDepth() - 8);
    }

    /** (H, W) or (H, W, 3) samples of 8 bits and {@code shift} more. */
    private static BufferedImage picture(int width, int height, int[] samples, int shift) {
        boolean grey = samples.length == width * height;
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            int pixel = grey
                    ? (samples[i] >> shift) * 0x010101
                    : samples[3 * i] >> shift << 16 | samples[3 * i + 1] >> shift << 8 | samples[3 * i + 2] >> shift;
            picture.setRGB(i % width, i / width, pixel);
        }
        return picture;
    }

    private static String jpeg(BufferedImage picture, int side, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(quality);
            writer.setOutput(out);
            writer.write(null, new IIOImage(Thumbnail.of(picture, side), null, null), settings);
        } catch (IOException e) {
            throw new InternalException("a picture of the report cannot be made: " + e, e);
        } finally {
            writer.dispose();
        }
        return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
