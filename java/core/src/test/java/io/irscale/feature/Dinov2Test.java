package io.irscale.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.Diagnostics;
import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against transformers' Dinov2Model. */
@ExtendWith(NoLeaks.class)
class Dinov2Test {
    private static final Path MODEL = GoldenTensors.GOLDENS.resolve("dinov2");

    private final GoldenTensors golden = new GoldenTensors(MODEL.resolve("golden.safetensors"));

    Dinov2Test() throws IOException {}

    @BeforeAll
    static void libtorch() {
        Diagnostics.torch(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"own", "wide"})
    void featuresAreTheReferencesAtItsSizeAndAnother(String size) {
        try (Dinov2 dinov2 = Dinov2.open(MODEL, Device.CPU, DType.F32);
                Tensor pixels = golden.tensor(size + ".pixels");
                Tensor features = dinov2.embed(pixels)) {
            assertThat(features.shape()).containsExactly(2, 12);
            Images.assertClose(features.floats(), golden.floats(size + ".features"), 3e-6);
        }
    }

    @Test
    void imagesGoThroughPreprocessingAndInterpolatedPositions() {
        try (Dinov2 dinov2 = Dinov2.open(MODEL, Device.CPU, DType.F32)) {
            for (int i = 0; i < 2; i++) {
                try (Tensor image = Images.of(golden, "image." + i);
                        Tensor pixels = Dinov2.preprocess(image, 224);
                        Tensor features = dinov2.embed(pixels)) {
                    Images.assertClose(Images.sampled(pixels, 16), golden.floats("pixels." + i), 3e-6);
                    Images.assertClose(features.floats(), golden.floats("features." + i), 5e-6);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"use_swiglu_ffn\": true}  | use_swiglu_ffn is true, expected false: the giant's SwiGLU is not read",
                "{\"model_type\": \"vit\"}   | model_type is vit, expected dinov2",
                "{\"hidden_act\": \"relu\"}  | hidden_act is relu, expected gelu",
                "{\"num_channels\": 1}       | num_channels is 1, expected 3"
            })
    void otherKindsAreRefused(String config, String message) {
        JsonConfig json = JsonConfig.parse(Path.of("config.json"), "configuration", config);
        assertThatThrownBy(() -> Dinov2Config.of(json))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("config.json: " + message);
    }

    @Test
    void sizesThatArePartOfAPatchAreRefused() {
        try (Dinov2 dinov2 = Dinov2.open(MODEL, Device.CPU, DType.F32);
                Tensor pixels = Tensor.of(new float[3 * 14 * 15], 1, 3, 14, 15)) {
            assertThatThrownBy(() -> dinov2.embed(pixels))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("width 15 is not a multiple of patch_size 14");
        }
    }
}
