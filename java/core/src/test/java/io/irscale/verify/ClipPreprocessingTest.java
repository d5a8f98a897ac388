package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NoLeaks.class)
class ClipPreprocessingTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    /** The golden frames (N, 3, H, W) in [0, 1]. */
    static Tensor frames(GoldenTensors golden) {
        return frames(golden, "images_u8");
    }

    /** Frames (N, H, W, 3) of bytes as (N, 3, H, W) in [0, 1]. */
    static Tensor frames(GoldenTensors golden, String name) {
        long[] shape = golden.shape(name);
        int pixels = (int) (shape[1] * shape[2]);
        ByteBuffer interleaved = golden.bytes(name);
        float[] planar = new float[interleaved.remaining()];
        for (int i = 0; i < planar.length; i++) {
            int image = i / (3 * pixels);
            int pixel = i / 3 % pixels;
            planar[(image * 3 + i % 3) * pixels + pixel] = (interleaved.get(i) & 0xff) / 255f;
        }
        return Tensor.of(planar, shape[0], 3, shape[1], shape[2]);
    }

    private ClipPreprocessing read(String json) throws IOException {
        Files.writeString(folder.resolve("preprocessor_config.json"), json);
        return ClipPreprocessing.read(folder, 64);
    }

    @Test
    void equalsTheReferencesTensorPath() throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/clip.safetensors");
        ClipPreprocessing preprocessing = ClipPreprocessing.read(GoldenTensors.GOLDENS.resolve("dev/clip"), 64);
        try (Tensor frames = frames(golden);
                Tensor pixels = preprocessing.apply(frames)) {
            float[] expected = golden.floats("pixel_values_tensor_path");
            float[] actual = pixels.floats();
            assertThat(pixels.shape()).isEqualTo(golden.shape("pixel_values_tensor_path"));
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(2e-5f));
            }
        }
    }

    @Test
    void anImageOfTheRightSizeIsOnlyRoundedAndNormalised() throws IOException {
        ClipPreprocessing preprocessing = read("""
                {"size": 64, "crop_size": 64, "image_mean": [0.5, 0, 0.25], "image_std": [0.5, 1, 2]}""");
        float[] values = new float[3 * 64 * 64];
        Arrays.fill(values, 0.302f);
        try (Tensor image = Tensor.of(values, 1, 3, 64, 64);
                Tensor pixels = preprocessing.apply(image)) {
            float[] out = pixels.floats();
            float level = 77 / 255f; // 0.302 x 255 is 77.01
            assertThat(out[0]).isEqualTo((level - 0.5f) / 0.5f);
            assertThat(out[64 * 64]).isEqualTo(level);
            assertThat(out[2 * 64 * 64]).isEqualTo((level - 0.25f) / 2);
        }
    }

    @Test
    void withoutAFileOpenAisValuesHold() {
        ClipPreprocessing preprocessing = ClipPreprocessing.read(folder, 64);
        assertThat(preprocessing.resize()).isEqualTo(ClipPreprocessing.Resize.SHORTEST);
        assertThat(preprocessing.height()).isEqualTo(64);
        assertThat(preprocessing.edge()).isEqualTo(64);
        assertThat(preprocessing.scale()).isEqualTo(1);
        assertThat(preprocessing.mean()).containsExactly(0.48145466, 0.4578275, 0.40821073);
        assertThat(preprocessing.std()).containsExactly(0.26862954, 0.26130258, 0.27577711);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 64",
                "{'size': 72, 'crop_size': 64} | 72",
                "{'size': {'shortest_edge': 72}, 'crop_size': {'height': 64, 'width': 64}} | 72",
                "{'size': {'shortest_edge': 72}, 'crop_size': 64, 'resample': 3} | 72",
                "{'size': {'shortest_edge': 72, 'height': null, 'longest_edge': null}} | 72",
                "{'size': 48, 'crop_size': [64, 64], 'rescale_factor': 0.00392156862745098} | 48",
                "{'size': null, 'do_convert_rgb': false, 'feature_extractor_type': 'CLIPFeatureExtractor'} | 64"
            })
    void sizesAreBareNumbersOrObjects(String json, int edge) throws IOException {
        ClipPreprocessing preprocessing = read(json.replace('\'', '"'));
        assertThat(preprocessing.resize()).isEqualTo(ClipPreprocessing.Resize.SHORTEST);
        assertThat(preprocessing.height()).isEqualTo(edge);
        assertThat(preprocessing.edge()).isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'resample': 6} | resample is 6, expected 0 to 5, PIL's filters, such as 3 (bicubic)",
                "{'resample': 'bicubic'} | resample is \"bicubic\", expected a 32-bit integer",
                "{'crop_size': 32} | crop_size is 32, expected the model's image_size 64",
                "{'crop_size': [64, 32]} | crop_size is [64,32], expected the model's image_size 64",
                "{'crop_size': {'shortest_edge': 64}} | crop_size is {\"shortest_edge\":64}, expected an edge, [height, width]",
                "{'size': {'longest_edge': 64}} | size is {\"longest_edge\":64}, expected an edge, [height, width]",
                "{'size': {'shortest_edge': 64, 'longest_edge': 99}} | size is {\"shortest_edge\":64,\"longest_edge\":99}",
                "{'size': {'height': 64}} | size is {\"height\":64}, expected",
                "{'size': [64]} | size is [64], expected",
                "{'size': [64, 64, 3]} | size is [64,64,3], expected",
                "{'size': 0} | size is 0, expected",
                "{'size': 'large'} | size is \"large\", expected a 32-bit integer",
                "{'size': [72, 64], 'do_center_crop': false} | size is [72,64], expected the model's image_size 64 where",
                "{'do_resize': 'yes'} | do_resize is \"yes\", expected true or false",
                "{'do_pad': true} | do_pad is true, expected false",
                "{'use_square_size': true} | use_square_size is true, expected false",
                "{'rescale_factor': 0} | rescale_factor is 0.0, expected a number above 0",
                "{'image_processor_type': 'ViTImageProcessor'} | image_processor_type is ViTImageProcessor, expected CLIP",
                "{'image_mean': [0.5]} | image_mean is 1 values, expected 3",
                "{'image_std': [0.5, 0, 0.5]} | image_std is 0.0, expected a number above 0",
                "{'image_std': 'wide'} | image_std is \"wide\", expected a list of numbers"
            })
    void whatClipDoesNotDoIsRefused(String json, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(json.replace('\'', '"')))
                .withMessageContaining(
                        folder.resolve("preprocessor_config.json").toString())
                .withMessageContaining(message);
    }

    @Test
    void theProcessorsFileGoesFirstWhereItHoldsAnImageProcessor() throws IOException {
        read("{\"size\": 72}");
        Path processor = folder.resolve("processor_config.json");
        Files.writeString(processor, "{\"processor_class\": \"CLIPProcessor\"}");
        assertThat(ClipPreprocessing.read(folder, 64).height()).isEqualTo(72);
        Files.writeString(processor, "{\"image_processor\": {\"size\": [80, 96], \"do_rescale\": false}}");
        ClipPreprocessing nested = ClipPreprocessing.read(folder, 64);
        assertThat(nested.resize()).isEqualTo(ClipPreprocessing.Resize.EXACT);
        assertThat(nested.width()).isEqualTo(96);
        assertThat(nested.scale()).isEqualTo(255);
        Files.writeString(processor, "{\"image_processor\": {\"size\": true}}");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ClipPreprocessing.read(folder, 64))
                .withMessageContaining("processor_config.json: size is true, expected a 32-bit integer");
    }

    @Test
    void withoutACropAnImageMustHaveTheModelsSize() throws IOException {
        ClipPreprocessing resized = read("{\"do_center_crop\": false}");
        ClipPreprocessing asIs = read("{\"do_center_crop\": false, \"do_resize\": false}");
        try (Tensor wide = Tensor.of(new float[3 * 32 * 48], 1, 3, 32, 48);
                Tensor square = Tensor.of(new float[3 * 64 * 64], 1, 3, 64, 64)) {
            resized.apply(square).close();
            asIs.apply(square).close();
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> resized.apply(wide))
                    .withMessage(
                            "images of 32 x 48 reach CLIP as 64 x 96 without a crop (do_center_crop), expected 64 x 64");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> asIs.apply(wide))
                    .withMessageContaining("reach CLIP as 32 x 48 without a crop");
        }
    }

    @Test
    void whatIsNoImageIsRefused() {
        ClipPreprocessing preprocessing = ClipPreprocessing.read(folder, 64);
        try (Tensor grey = Tensor.of(new float[64 * 64], 1, 1, 64, 64)) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> preprocessing.apply(grey))
                    .withMessageContaining("images has shape [1, 1, 64, 64], expected [-1, 3, -1, -1]");
        }
    }
}
