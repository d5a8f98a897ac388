package io.irscale.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import io.irscale.report.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
    @TempDir
    Path folder;

    private static Image read(Path file) {
        return Scaling.pictures().read(ImageSource.of(file));
    }

    @Test
    void eightBitsOfGreyFillThreeChannels() {
        Path file = folder.resolve("grey.png");
        Png.writeGrey8(file, 3, 2, new byte[] {0, 1, 100, (byte) 128, (byte) 200, (byte) 255}, Map.of());
        Image image = read(file);
        assertThat(image.height()).isEqualTo(2);
        assertThat(image.width()).isEqualTo(3);
        float[] plane = {0, 1 / 255f, 100 / 255f, 128 / 255f, 200 / 255f, 1};
        for (int channel = 0; channel < 3; channel++) {
            assertThat(Arrays.copyOfRange(image.values(), 6 * channel, 6 * channel + 6))
                    .containsExactly(plane);
        }
    }

    @Test
    void sixteenBitsOfGreyKeepTheirDigits() {
        Path file = folder.resolve("grey16.png");
        Png.writeGrey16(file, 2, 2, new short[] {0, 1, 30000, (short) 65535}, Map.of());
        assertThat(Arrays.copyOf(read(file).values(), 4)).containsExactly(0, 1 / 65535f, 30000 / 65535f, 1);
    }

    @Test
    void tiffHasSixteenBitsAsWell() throws IOException {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        grey.getRaster().setSample(0, 0, 0, 1);
        grey.getRaster().setSample(1, 0, 0, 65535);
        Path file = folder.resolve("grey16.tiff");
        ImageIO.write(grey, "tiff", file.toFile());
        assertThat(Arrays.copyOf(read(file).values(), 2)).containsExactly(1 / 65535f, 1);
    }

    @Test
    void aCutJpegIsNoImage() throws IOException {
        Path file = folder.resolve("cut.jpg");
        ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY), "jpg", file.toFile());
        read(file);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 4));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(file))
                .withMessageStartingWith(file + ": cannot be read as an image: ");
    }

    @Test
    void coloursStayInTheirChannels() throws IOException {
        byte[] rgb = {10, 20, 30, 40, 50, 60};
        Path file = folder.resolve("rgb.png");
        Png.writeRgb8(file, 2, 1, rgb, Map.of());
        float[] expected = {10 / 255f, 40 / 255f, 20 / 255f, 50 / 255f, 30 / 255f, 60 / 255f};
        assertThat(read(file).values()).containsExactly(expected);
        BufferedImage palette = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        palette.setRGB(0, 0, 0xFF0000);
        palette.setRGB(1, 0, 0x0000FF);
        Path indexed = folder.resolve("indexed.png");
        ImageIO.write(palette, "png", indexed.toFile());
        assertThat(read(indexed).values()).containsExactly(1, 0, 0, 0, 0, 1);
    }

    @Test
    void whatIsNoImageIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no image");
        Path cut = folder.resolve("cut.png");
        Png.writeGrey8(cut, 40, 40, new byte[1600], Map.of());
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 60));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(text))
                .withMessage(text + ": is not a PNG, JPEG, TIFF or BMP image");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(cut))
                .withMessageStartingWith(cut + ": cannot be read as an image: ");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(folder.resolve("none.png")))
                .withMessage(folder.resolve("none.png") + ": is not a file");
    }
}
