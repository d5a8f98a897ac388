package io.irscale.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatentShapeTest {
    @Test
    void halvesTwiceFromPixelsToTokens() {
        LatentShape shape = LatentShape.ofImage(96, 64, 8, 16);
        assertThat(shape).isEqualTo(new LatentShape(16, 12, 8));
        assertThat(shape.tokens()).isEqualTo(24);
        assertThat(shape.elements()).isEqualTo(16 * 12 * 8);
        assertThat(LatentShape.ofImage(16, 8192, 8, 4).tokens()).isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 64, height is 0",
        "-16, 64, height is -16",
        "8, 64, height is 8",
        "65, 64, height is 65",
        "64, 72, width is 72",
        "64, 8208, width is 8208",
        "64, 2147483632, width is 2147483632"
    })
    void otherSizesAreRefused(int height, int width, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> LatentShape.ofImage(height, width, 8, 4))
                .withMessage(message + ", expected a multiple of 16 from 16 to 8192");
    }

    @ParameterizedTest
    @CsvSource({"run-fp32, 96, 64", "run-fp32-wide, 64, 160"})
    void positionsAreTheReferences(String run, int height, int width) throws Exception {
        GoldenTensors golden = new GoldenTensors("dev/" + run + ".safetensors");
        assertThat(PositionIds.img(LatentShape.ofImage(height, width, 8, 4))).isEqualTo(golden.floats("img_ids"));
        assertThat(PositionIds.txt(golden.size("txt_ids", 0))).isEqualTo(golden.floats("txt_ids"));
    }
}
