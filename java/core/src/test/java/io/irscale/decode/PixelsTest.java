package io.irscale.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PixelsTest {
    @Test
    void halvesGoToTheEvenNeighbour() {
        float down = 2.5f / 255f;
        assertThat(down * 255f).isEqualTo(2.5f);
        assertThat(rgb8(down, 0.5f, 3.5f / 255f)).containsExactly(2, 128, 4);
        assertThat(grey8(down, down, down)).isEqualTo(2);
        assertThat(grey8(0.5f, 0.5f, 0.5f)).isEqualTo(128);
        float down16 = 32766.5f / 65535f;
        assertThat(down16 * 65535f).isEqualTo(32766.5f);
        assertThat(grey16(down16, down16, down16)).isEqualTo(32766);
        assertThat(grey16(0.5f, 0.5f, 0.5f)).isEqualTo(32768);
    }

    @Test
    void valuesOutsideAreClamped() {
        assertThat(rgb8(-0.1f, 1.1f, Float.NEGATIVE_INFINITY)).containsExactly(0, 255, 0);
        assertThat(grey16(2f, 2f, Float.POSITIVE_INFINITY)).isEqualTo(65535);
        assertThat(grey8(-1f, -1f, 1f)).isEqualTo(29);
    }

    @Test
    void colourIsPackedPixelByPixel() {
        float[] planar = {0, 1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f, 5 / 255f};
        assertThat(Pixels.rgb8(MemorySegment.ofArray(planar), 1, 2)).containsExactly(0, 2, 4, 1, 3, 5);
    }

    @Test
    void greyIsTheLumaOfBt601() {
        assertThat(grey8(1, 0, 0)).isEqualTo(76);
        assertThat(grey8(0, 1, 0)).isEqualTo(150);
        assertThat(grey8(0, 0, 1)).isEqualTo(29);
        assertThat(grey16(1, 0, 0)).isEqualTo(19595);
        assertThat(grey16(0, 1, 0)).isEqualTo(38469);
        assertThat(grey16(0, 0, 1)).isEqualTo(7471);
    }

    @Test
    void everyGreyLevelOfSixteenBitsComesBack() {
        for (int level = 0; level < 65536; level++) {
            float x = level / 65535f;
            assertThat(grey16(x, x, x)).isEqualTo(level);
        }
    }

    @Test
    void goldenImagesGiveTheBytesOfDiffusers() throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/run-fp32.safetensors");
        int height = golden.size("image", 2);
        int width = golden.size("image", 3);
        MemorySegment images = MemorySegment.ofBuffer(golden.bytes("image"));
        ByteBuffer expected = golden.bytes("image_u8");
        long one = 3L * Float.BYTES * height * width;
        for (long at = 0; at < images.byteSize(); at += one) {
            byte[] bytes = new byte[3 * height * width];
            expected.get(bytes);
            assertThat(Pixels.rgb8(images.asSlice(at, one), height, width)).isEqualTo(bytes);
        }
        assertThat(expected.position()).isPositive();
        assertThat(expected.hasRemaining()).isFalse();
    }

    @Test
    void nanAndWrongSizesAreRefused() {
        float[] planar = new float[3 * 2 * 2];
        planar[4 + 3] = Float.NaN;
        MemorySegment image = MemorySegment.ofArray(planar);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Pixels.grey8(image, 2, 2))
                .withMessageContaining("channel 1, row 1, column 1");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Pixels.rgb8(image, 2, 3))
                .withMessageContaining("48 bytes")
                .withMessageContaining("72");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Pixels.rgb8(MemorySegment.ofArray(new float[0]), 0, 4));
    }

    private static int[] rgb8(float red, float green, float blue) {
        byte[] rgb = Pixels.rgb8(pixel(red, green, blue), 1, 1);
        return new int[] {rgb[0] & 0xFF, rgb[1] & 0xFF, rgb[2] & 0xFF};
    }

    private static int grey8(float red, float green, float blue) {
        return Pixels.grey8(pixel(red, green, blue), 1, 1)[0] & 0xFF;
    }

    private static int grey16(float red, float green, float blue) {
        return Pixels.grey16(pixel(red, green, blue), 1, 1)[0] & 0xFFFF;
    }

    private static MemorySegment pixel(float red, float green, float blue) {
        return MemorySegment.ofArray(new float[] {red, green, blue});
    }
}
