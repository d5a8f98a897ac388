package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.text.ClipSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Small SigLIPs against what transformers computes with them: {@code goldens/siglip/make.py}. The image tower is wider than
 * the text tower, its 20 pixels are two patches of 8 and a rest.
 */
@ExtendWith(NoLeaks.class)
class SiglipVerifierTest {
    private static final Path GOLDENS = GoldenTensors.GOLDENS.resolve("siglip");

    @TempDir
    Path folder;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static GoldenTensors golden(String family) throws IOException {
        return new GoldenTensors(GOLDENS.resolve(family).resolve("golden.safetensors"));
    }

    private static List<String> texts(GoldenTensors golden) {
        return new JsonMapper()
                .readTree(golden.metadata("texts"))
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
    }

    private static SiglipVerifier open(String family, DType dtype) {
        return SiglipVerifier.open(GOLDENS.resolve(family), Device.CPU, dtype);
    }

    private static void close(float[] actual, float[] expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(tolerance));
        }
    }

    /** The golden's pixels as (N, 3, H, W): NaFlex's are patches of (row, column, colour), padded. */
    private static Tensor pixels(GoldenTensors golden, String images, int patch) {
        if (!golden.names().contains(images + ".spatial_shapes")) {
            return golden.tensor(images + ".pixel_values");
        }
        int n = golden.size(images + ".pixel_values", 0);
        int most = golden.size(images + ".pixel_values", 1);
        int rows = Math.toIntExact(golden.bytes(images + ".spatial_shapes").getLong(0));
        int columns = Math.toIntExact(golden.bytes(images + ".spatial_shapes").getLong(8));
        float[] patches = golden.floats(images + ".pixel_values");
        int height = rows * patch;
        int width = columns * patch;
        float[] values = new float[n * 3 * height * width];
        for (int i = 0; i < values.length; i++) {
            int x = i % width;
            int y = i / width % height;
            int colour = i / (width * height) % 3;
            int place = y / patch * columns + x / patch;
            int inside = (y % patch * patch + x % patch) * 3 + colour;
            values[i] = patches[(i / (3 * width * height) * most + place) * patch * patch * 3 + inside];
        }
        return Tensor.of(values, n, 3, height, width);
    }

    @ParameterizedTest
    @CsvSource({
        "fixed, F32, text_features, 2e-6",
        "naflex, F32, text_features, 2e-6",
        "fixed, BF16, text_features_bf16, 0.03",
        "naflex, BF16, text_features_bf16, 0.03"
    })
    void textsAreEmbeddedAsInTransformers(String family, DType dtype, String name, float tolerance) throws IOException {
        GoldenTensors golden = golden(family);
        try (SiglipVerifier verifier = open(family, dtype);
                Tensor text = verifier.textEmbeddings(texts(golden))) {
            assertThat(text.shape()).isEqualTo(golden.shape(name));
            try (Tensor exact = text.to(Device.CPU, DType.F32)) {
                close(exact.floats(), golden.floats(name), tolerance);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"fixed, wide", "fixed, tall", "fixed, exact", "naflex, wide", "naflex, tall", "naflex, square"})
    void imagesAreEmbeddedAsInTransformers(String family, String images) throws IOException {
        GoldenTensors golden = golden(family);
        try (Tensor pixels = pixels(golden, images, 4)) {
            try (SiglipVerifier verifier = open(family, DType.F32);
                    Tensor image = verifier.embedPixels(pixels)) {
                assertThat(image.shape()).isEqualTo(golden.shape(images + ".image_features"));
                close(image.floats(), golden.floats(images + ".image_features"), 2e-6f);
            }
            try (SiglipVerifier verifier = open(family, DType.BF16);
                    Tensor image = verifier.embedPixels(pixels);
                    Tensor exact = image.to(Device.CPU, DType.F32)) {
                close(exact.floats(), golden.floats(images + ".image_features_bf16"), 0.03f);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"fixed, wide", "fixed, tall", "fixed, exact", "naflex, wide", "naflex, tall", "naflex, square"})
    void imagesArePreprocessedAsInTransformers(String family, String images) throws IOException {
        GoldenTensors golden = golden(family);
        try (SiglipVerifier verifier = open(family, DType.F32);
                Tensor frames = golden.images(images + ".images_u8");
                Tensor expected = pixels(golden, images, 4);
                Tensor actual = verifier.preprocessing().apply(frames)) {
            assertThat(actual.shape()).isEqualTo(expected.shape());
            // Pillow rounds to 8 bits between its two passes and after: up to 4 of 255, over the deviation 0.5.
            close(actual.floats(), expected.floats(), 4 / 127.5f);
        }
    }

    @ParameterizedTest
    @CsvSource({"fixed, wide", "fixed, tall", "fixed, exact", "naflex, wide", "naflex, tall", "naflex, square"})
    void scoresAreTransformersProbabilities(String family, String images) throws IOException {
        GoldenTensors golden = golden(family);
        List<String> texts = texts(golden);
        float[] expected = golden.floats(images + ".probabilities");
        try (SiglipVerifier verifier = open(family, DType.F32)) {
            try (Tensor pixels = pixels(golden, images, 4);
                    Tensor image = verifier.embedPixels(pixels);
                    Tensor text = verifier.textEmbeddings(texts);
                    Tensor scores = verifier.compare(image, text)) {
                close(scores.floats(), expected, 3e-6f);
            }
            try (Tensor frames = golden.images(images + ".images_u8")) {
                int n = Math.toIntExact(frames.size(0));
                for (int t = 0; t < texts.size(); t++) {
                    float[] scores = verifier.score(frames, Collections.nCopies(n, texts.get(t)));
                    for (int i = 0; i < n; i++) {
                        // By pixels that Pillow did not round.
                        assertThat(scores[i]).isCloseTo(expected[i * texts.size() + t], within(0.02f));
                    }
                }
            }
        }
    }

    @Test
    void everyRowHasItsOwnPrompt() throws IOException {
        GoldenTensors golden = golden("fixed");
        try (SiglipVerifier verifier = open("fixed", DType.F32);
                Tensor frames = golden.images("wide.images_u8")) {
            float[] road = verifier.score(frames, List.of("a road", "a road"));
            float[] cars = verifier.score(frames, List.of("two cars", "two cars"));
            close(verifier.score(frames, List.of("a road", "two cars")), new float[] {road[0], cars[1]}, 1e-6f);
            assertThat(cars[1]).isNotCloseTo(road[1], within(1e-3f));
            try (Tensor second = frames.slice(1, 1)) {
                assertThat(verifier.score(second, List.of("a road"))[0]).isCloseTo(road[1], within(1e-6f));
            }
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> verifier.score(frames, List.of("a road")))
                    .withMessage("siglip: 2 images come with 1 prompts, expected one an image");
        }
    }

    @Test
    void theFamilyIsToldByTheConfiguration() {
        for (String family : List.of("fixed", "naflex")) {
            try (EmbeddingVerifier verifier = EmbeddingVerifier.open(
                    ClipSource.of(GOLDENS.resolve(family)),
                    clip -> {
                        throw new AssertionError("a SigLIP has its own tokenizer");
                    },
                    Device.CPU,
                    DType.F32)) {
                assertThat(verifier.name()).isEqualTo("siglip");
                assertThat(verifier.preprocessing().fullEdge()).isEqualTo(family.equals("fixed") ? 20 : 16);
            }
        }
    }

    /** A copy of a golden folder whose configuration has {@code from} as {@code to}. */
    private Path changed(String family, String name, String from, String to) throws IOException {
        try (Stream<Path> files = Files.list(GOLDENS.resolve(family))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Path file = folder.resolve(name);
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
        return file;
    }

    private void refused(String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SiglipVerifier.open(folder, Device.CPU, DType.F32))
                .satisfies(e -> assertThat(e.getMessage()).contains(message).doesNotContain("\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json | \"siglip\" | \"siglip_vision_model\" | model_type is siglip_vision_model, expected siglip or siglip2",
                "config.json | \"patch_size\": 8 | \"patch_size\": 8, \"vision_use_head\": false | vision_use_head is false, expected true",
                "config.json | \"patch_size\": 8 | \"patch_size\": 8, \"num_channels\": 1 | num_channels is 1, expected 3",
                "config.json | \"patch_size\": 8 | \"patch_size\": 0 | patch_size is 0, expected 1 to 1048576",
                "config.json | \"patch_size\": 8 | \"patch_size\": 21 | image_size is 20, expected at least patch_size 21",
                "config.json | \"projection_size\": 32 | \"projection_size\": 24 | projection is 24, expected the image tower's width 32",
                "config.json | \"hidden_size\": 24 | \"hidden_size\": 21 | text_model.embeddings.token_embedding.weight has shape",
                "config.json | \"hidden_size\": 24 | \"hidden_act\": \"tanh\" | hidden_act is tanh, expected quick_gelu, gelu",
                "preprocessor_config.json | \"resample\": 3 | \"resample\": 2 | resample is 2, expected 3: bicubic",
                "preprocessor_config.json | \"height\": 20 | \"height\": 24 | height is 24, expected 20: the model's image_size",
                "preprocessor_config.json | \"do_rescale\": true | \"do_rescale\": false | do_rescale is false, expected true",
            })
    void whatItIsNotIsRefusedByName(String file, String from, String to, String message) throws IOException {
        changed("fixed", file, from, to);
        refused(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json | \"num_patches\": 9 | \"num_patches\": 10 | positions is 10, expected a square number",
                "preprocessor_config.json | \"patch_size\": 4 | \"patch_size\": 16 | patch_size is 16, expected 4: the model's",
                "preprocessor_config.json | \"max_num_patches\": 12 | \"max_num_patches\": 0 | max_num_patches is 0, expected 1 to 1048576",
            })
    void whatNaflexIsNotIsRefusedByName(String file, String from, String to, String message) throws IOException {
        changed("naflex", file, from, to);
        refused(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vision_model.head.probe",
                "text_model.head.bias",
                "logit_bias",
                "vision_model.embeddings.patch_embedding.bias"
            })
    void aMissingOrMisshapedTensorIsNamed(String name) throws IOException {
        changed("fixed", "config.json", "siglip", "siglip");
        Path weights = folder.resolve("model.safetensors");
        try (Checkpoint golden = Checkpoint.open(GOLDENS.resolve("fixed"), "model")) {
            List<StoredTensor> others = new ArrayList<>(golden.tensors().values());
            others.removeIf(tensor -> tensor.name().equals(name));
            assertThat(others).hasSize(golden.tensors().size() - 1);
            SafetensorsWriter.write(weights, others, Map.of());
            refused(folder + ": SigLIP weights: 1 missing: " + name);
            StoredTensor whole = golden.tensor(name);
            List<Long> shape = new ArrayList<>(whole.shape());
            shape.add(1L);
            others.add(new StoredTensor(name, whole.dtype(), shape, whole.data(), weights));
            SafetensorsWriter.write(weights, others, Map.of());
            refused(folder + ": SigLIP weights: 1 wrong: " + name + " has shape ");
        }
    }

    @Test
    void useAfterCloseIsRefused() throws IOException {
        SiglipVerifier verifier = open("naflex", DType.F32);
        verifier.close();
        try (Tensor frames = golden("naflex").images("wide.images_u8")) {
            assertThatExceptionOfType(ClosedException.class)
                    .isThrownBy(() -> verifier.score(frames, List.of("a road", "a road")));
        }
    }
}
