package io.irscale.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PngTest {
    private static final int WIDTH = 37;
    private static final int HEIGHT = 21;
    private static final String FIRE = Character.toString(0x1F525);

    @TempDir
    Path folder;

    @Test
    void colourIsReadBackByTheJdk() throws IOException {
        byte[] rgb = noise(3);
        Path file = folder.resolve("a.png");
        Png.writeRgb8(file, WIDTH, HEIGHT, rgb, Map.of());
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getRaster().getNumBands()).isEqualTo(3);
        assertThat(image.getRaster().getTransferType()).isEqualTo(DataBuffer.TYPE_BYTE);
        assertThat(samples(image)).isEqualTo(unsigned(rgb));
        PngImage own = PngImage.read(file);
        assertThat(own.samples()).isEqualTo(unsigned(rgb));
        assertThat(own.channels()).isEqualTo(3);
        assertThat(own.bitDepth()).isEqualTo(8);
    }

    @Test
    void greyIsReadBackByTheJdk() throws IOException {
        byte[] grey = noise(1);
        Path file = folder.resolve("a.png");
        Png.writeGrey8(file, WIDTH, HEIGHT, grey, Map.of());
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
        assertThat(samples(image)).isEqualTo(unsigned(grey));
        PngImage own = PngImage.read(file);
        assertThat(own.samples()).isEqualTo(unsigned(grey));
        assertThat(own.channels()).isEqualTo(1);
    }

    @Test
    void sixteenBitsAreReadBackByTheJdk() throws IOException {
        short[] grey = new short[WIDTH * HEIGHT];
        int[] expected = new int[grey.length];
        for (int i = 0; i < grey.length; i++) {
            expected[i] = i * 65535 / (grey.length - 1);
            grey[i] = (short) expected[i];
        }
        Path file = folder.resolve("a.png");
        Png.writeGrey16(file, WIDTH, HEIGHT, grey, Map.of());
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_USHORT_GRAY);
        assertThat(samples(image)).isEqualTo(expected);
        PngImage own = PngImage.read(file);
        assertThat(own.samples()).isEqualTo(expected);
        assertThat(own.bitDepth()).isEqualTo(16);
        assertThat(own.width()).isEqualTo(WIDTH);
        assertThat(own.height()).isEqualTo(HEIGHT);
    }

    @Test
    void textsAreReadBackByTheJdkEachInItsKind() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("Software", "irscale 0.1.0");
        texts.put("prompt", "30°C, naïve\nsecond line");
        texts.put("prompt 2", "红外 " + FIRE + " a\0b");
        texts.put("empty", "");
        Path file = folder.resolve("a.png");
        Png.writeGrey8(file, WIDTH, HEIGHT, noise(1), texts);
        Element root = metadata(file);
        assertThat(attributes(root, "tEXtEntry", "value"))
                .isEqualTo(Map.of("Software", "irscale 0.1.0", "prompt", "30°C, naïve\nsecond line", "empty", ""));
        texts.put("prompt 2", "红外 " + FIRE + " a\uFFFDb");
        assertThat(attributes(root, "iTXtEntry", "text")).isEqualTo(Map.of("prompt 2", "红外 " + FIRE + " a\uFFFDb"));
        assertThat(PngImage.read(file).texts()).containsExactlyEntriesOf(texts);
    }

    @Test
    void theSameInputGivesTheSameBytes() throws IOException {
        Path one = folder.resolve("1.png");
        Path two = folder.resolve("2.png");
        Png.writeRgb8(one, WIDTH, HEIGHT, noise(3), Map.of("k", "v"));
        Png.writeRgb8(two, WIDTH, HEIGHT, noise(3), Map.of("k", "v"));
        assertThat(one).hasSameBinaryContentAs(two);
        NodeList times = metadata(one).getElementsByTagName("tIME");
        assertThat(times.getLength()).isZero();
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        Path file = folder.resolve("absent").resolve("a.png");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Png.writeGrey8(file, WIDTH, HEIGHT, noise(1), Map.of()))
                .withMessageStartingWith(file.toString());
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Png.writeRgb8(folder.resolve("a.png"), WIDTH, HEIGHT, noise(1), Map.of()))
                .withMessageContaining(WIDTH * HEIGHT + " samples")
                .withMessageContaining("are " + 3 * WIDTH * HEIGHT);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Png.writeRgb8(folder.resolve("a.png"), 0, HEIGHT, new byte[0], Map.of()))
                .withMessageContaining("0 x " + HEIGHT);
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " a", "a ", "a  b", "红", "a\nb", "\0"})
    void keysThatPngForbidsAreRefused(String key) {
        refusedKey(key);
        refusedKey(key + "a".repeat(80));
    }

    private void refusedKey(String key) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Png.writeGrey8(folder.resolve("a.png"), WIDTH, HEIGHT, noise(1), Map.of(key, "v")))
                .withMessageContaining("a.png")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void brokenFilesAreRefusedWhereverTheyEnd() throws IOException {
        Path file = folder.resolve("a.png");
        Png.writeGrey8(file, WIDTH, HEIGHT, noise(1), Map.of("k", "v"));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused(file);
        }
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        Files.write(file, flipped);
        refused(file);
        refused(folder.resolve("absent.png"));
    }

    @Test
    void paletteAlphaAndHugeFilesAreRefused() throws IOException {
        Path file = folder.resolve("a.png");
        for (int type : new int[] {BufferedImage.TYPE_BYTE_INDEXED, BufferedImage.TYPE_INT_ARGB}) {
            ImageIO.write(new BufferedImage(4, 4, type), "png", file.toFile());
            refused(file);
        }
        Png.writeGrey8(file, 1 << 14, 4097, new byte[(1 << 14) * 4097], Map.of());
        refused(file);
    }

    private static void refused(Path file) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> PngImage.read(file))
                .withMessageStartingWith(file + ": ");
    }

    private static byte[] noise(int channels) {
        byte[] bytes = new byte[WIDTH * HEIGHT * channels];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static int[] samples(BufferedImage image) {
        int bands = image.getRaster().getNumBands();
        return image.getRaster().getPixels(0, 0, WIDTH, HEIGHT, new int[WIDTH * HEIGHT * bands]);
    }

    private static int[] unsigned(byte[] bytes) {
        int[] values = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = bytes[i] & 0xFF;
        }
        return values;
    }

    private static Element metadata(Path file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(in);
            return (Element) reader.getImageMetadata(0).getAsTree("javax_imageio_png_1.0");
        } finally {
            reader.dispose();
        }
    }

    private static Map<String, String> attributes(Element root, String element, String value) {
        NodeList entries = root.getElementsByTagName(element);
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 0; i < entries.getLength(); i++) {
            Element entry = (Element) entries.item(i);
            found.put(entry.getAttribute("keyword"), entry.getAttribute(value));
        }
        return found;
    }
}
