package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.SavedWeights;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CLIPs in single files, with and without a configuration, against open_clip 3.3: {@code goldens/clip_files/make.py}. */
@ExtendWith(NoLeaks.class)
class ClipFileTest {
    private static final Path BARE = GoldenTensors.GOLDENS.resolve("clip_files/bare.pt");
    private static final Path DEV = GoldenTensors.GOLDENS.resolve("dev");
    private static final List<TokenIds> IDS = List.of(
            new TokenIds(new int[] {38, 3, 7, 39, 0, 0, 0, 0, 0, 0, 0, 0}, 4, false, "", List.of()),
            new TokenIds(new int[] {38, 1, 2, 4, 5, 6, 9, 39, 0, 0, 0, 0}, 8, false, "", List.of()));

    @TempDir
    Path folder;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static Clip open(String text) {
        return Clip.open(ClipSource.parse(text), Device.CPU, DType.F32);
    }

    private static void checkEmbeddings(Clip clip, String label) throws IOException {
        GoldenTensors golden = new GoldenTensors("clip_files/golden.safetensors");
        try (Tensor pixels = golden.tensor("pixels");
                Tensor image = clip.embedImage(pixels);
                Tensor text = clip.embedText(IDS)) {
            close(image.floats(), golden.floats(label + ".image"));
            close(text.floats(), golden.floats(label + ".text"));
        }
    }

    private static void close(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(2e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gelu", "quick-gelu"})
    void sizesAreReadOffTheShapesAndTheActivationIsAskedFor(String label) throws IOException {
        try (Clip clip = open(BARE + "#" + label)) {
            ClipConfig.Tower image = clip.config().image().orElseThrow();
            assertThat(image.width()).isEqualTo(128);
            assertThat(image.heads()).isEqualTo(2);
            assertThat(image.mlp()).isEqualTo(32);
            assertThat(clip.config().imageSize()).isEqualTo(8);
            assertThat(clip.config().positions()).isEqualTo(12);
            assertThat(clip.layout()).isEqualTo(ClipLayout.OPEN_CLIP);
            checkEmbeddings(clip, label);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gelu", "quick-gelu"})
    void theSameHoldsForTransformersNames(String label) throws IOException {
        Path file = folder.resolve("clip.safetensors");
        try (ClipCheckpoint checkpoint = ClipCheckpoint.open(new ClipSource(BARE, Optional.of(ClipActivation.GELU)))) {
            SafetensorsWriter.write(file, List.copyOf(checkpoint.tensors().values()), Map.of());
        }
        try (Clip clip = open(file + "#" + label)) {
            assertThat(clip.layout()).isEqualTo(ClipLayout.TRANSFORMERS);
            checkEmbeddings(clip, label);
        }
    }

    @Test
    void withoutAnActivationTheLineSaysWhatToWrite() {
        refused(
                BARE.toString(),
                BARE + ": no configuration beside it tells its activation: write bare.pt#quick-gelu for OpenAI's and"
                        + " what was trained from it, bare.pt#gelu for others of open_clip");
        refused(BARE + "#relu", BARE + "#relu: activation is 'relu', expected quick-gelu or gelu");
    }

    @Test
    void aConfigurationBesideAFileCounts() {
        try (Clip whole = Clip.open(DEV.resolve("clip"), Device.CPU, DType.F32);
                Clip single = open(DEV.resolve("clip/model.safetensors").toString())) {
            assertThat(single.config()).isEqualTo(whole.config());
        }
        open(DEV.resolve("clip/model.safetensors") + "#quick-gelu").close();
        refused(
                DEV.resolve("clip/model.safetensors") + "#gelu",
                DEV.resolve("clip/model.safetensors")
                        + "#gelu: the configuration beside it says another activation than gelu; leave out #gelu");
    }

    @Test
    void anotherModelsConfigurationBesideAFileDoesNot() throws IOException {
        Path file = Files.copy(BARE, folder.resolve("bare.pt"));
        Files.writeString(folder.resolve("config.json"), "{\"_class_name\": \"FluxTransformer2DModel\"}");
        open(file + "#gelu").close();
    }

    @Test
    void aFolderMayHoldATorchFile() throws IOException {
        Files.copy(BARE, folder.resolve("open_clip_pytorch_model.bin"));
        try (Clip clip = open(folder + "#gelu")) {
            checkEmbeddings(clip, "gelu");
        }
        // A safetensors file goes first.
        Files.writeString(folder.resolve("model.safetensors"), "");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> open(folder + "#gelu"))
                .withMessageContaining("model.safetensors");
    }

    @Test
    void openAisTextTowerAloneNeedsNothing() throws IOException {
        Path file = folder.resolve("clip_l.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            String prefix = "text_model.";
            add(arena, tensors, prefix + "embeddings.token_embedding.weight", 520, 768);
            add(arena, tensors, prefix + "embeddings.position_embedding.weight", 77, 768);
            for (int i = 0; i < 12; i++) {
                String layer = prefix + "encoder.layers." + i + ".";
                for (String norm : List.of("layer_norm1", "layer_norm2")) {
                    both(arena, tensors, layer + norm, 768);
                }
                for (String linear : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                    both(arena, tensors, layer + "self_attn." + linear, 768, 768);
                }
                both(arena, tensors, layer + "mlp.fc1", 16, 768);
                both(arena, tensors, layer + "mlp.fc2", 768, 16);
            }
            both(arena, tensors, prefix + "final_layer_norm", 768);
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        try (Clip clip = Clip.openText(file, Device.CPU, DType.BF16)) {
            assertThat(clip.config())
                    .isEqualTo(new ClipConfig(
                            new ClipConfig.Tower(768, 12, 12, 16, Activation.QUICK_GELU, 1e-5),
                            77,
                            520,
                            2,
                            Optional.empty(),
                            0,
                            0,
                            0,
                            0));
        }
    }

    private static void both(Arena arena, List<StoredTensor> tensors, String module, long... weight) {
        add(arena, tensors, module + ".weight", weight);
        add(arena, tensors, module + ".bias", weight[0]);
    }

    private static void add(Arena arena, List<StoredTensor> tensors, String name, long... shape) {
        long elements = 1;
        List<Long> sizes = new ArrayList<>();
        for (long size : shape) {
            elements *= size;
            sizes.add(size);
        }
        tensors.add(new StoredTensor(name, DType.BF16, sizes, arena.allocate(2 * elements), Path.of("made")));
    }

    @Test
    void aWholeClipGivesItsTextTower() {
        try (Clip text = Clip.openText(DEV.resolve("clip"), Device.CPU, DType.F32)) {
            assertThat(text.config().image()).isEmpty();
            text.encodeText(List.of(TokenIds.empty(4))).close();
        }
    }

    @Test
    void aTextConfigurationInsideCountsWithoutAnImageTowers() throws IOException {
        String config = Files.readString(DEV.resolve("pipeline/text_encoder/config.json"));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"clip\", \"text_config\": " + config + "}");
        Files.copy(DEV.resolve("pipeline/text_encoder/model.safetensors"), folder.resolve("model.safetensors"));
        try (Clip inner = Clip.openText(folder, Device.CPU, DType.F32);
                Clip plain = Clip.openText(DEV.resolve("pipeline/text_encoder"), Device.CPU, DType.F32)) {
            assertThat(inner.config()).isEqualTo(plain.config());
        }
    }

    @Test
    void aCosineNeedsNoLogitScale() throws IOException {
        Path clip = folder.resolve("clip");
        Files.createDirectory(clip);
        Files.copy(DEV.resolve("clip/config.json"), clip.resolve("config.json"));
        try (Checkpoint checkpoint = Checkpoint.open(DEV.resolve("clip"), "model")) {
            SafetensorsWriter.write(
                    clip.resolve("model.safetensors"),
                    checkpoint.tensors().values().stream()
                            .filter(tensor -> !tensor.name().equals("logit_scale"))
                            .toList(),
                    Map.of());
        }
        try (Clip without = open(clip.toString());
                Tensor text = without.embedText(List.of(TokenIds.empty(4)))) {
            assertThat(text.size(0)).isEqualTo(1);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(without::logitScale)
                    .withMessageContaining("has no logit_scale, which logits and training need: add that tensor");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "visual.layer1.0.conv1.weight | a ResNet",
                "visual.trunk.blocks.0.norm1.weight | an image tower of timm",
                "visual.blocks.0.norm1.weight | EVA-CLIP",
                "text_decoder.ln_final.weight | CoCa",
                "text.transformer.embeddings.word_embeddings.weight | a text tower of transformers",
                "vision_model.head.probe | SigLIP"
            })
    void otherModelsAreRefusedByName(String name, String what) throws IOException {
        Path file = folder.resolve("other.safetensors");
        try (SavedWeights bare = Clip.weights(BARE)) {
            List<StoredTensor> tensors = new ArrayList<>();
            bare.tensors()
                    .values()
                    .forEach(tensor -> tensors.add(tensor.named(tensor.name().substring("module.".length()))));
            tensors.add(tensors.getFirst().named(name));
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        refused(file + "#gelu", file + ": is no CLIP that irscale has: tensor '" + name + "' tells " + what);
    }

    @Test
    void headsOfWideImageTowersAreSixteen() {
        for (int[] published : new int[][] {{768, 12}, {1024, 16}, {1280, 16}, {1408, 16}, {1664, 16}, {1792, 16}}) {
            assertThat(shapes(published[0], 768).image().orElseThrow().heads()).isEqualTo(published[1]);
        }
        assertThat(shapes(768, 1280).text().heads()).isEqualTo(20);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> shapes(768, 40))
                .withMessageContaining("expected a width that is a multiple of 64");
    }

    private static ClipConfig shapes(int imageWidth, int textWidth) {
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            add(arena, tensors, "text_model.embeddings.token_embedding.weight", 2, textWidth);
            add(arena, tensors, "text_model.embeddings.position_embedding.weight", 77, textWidth);
            add(arena, tensors, "text_model.encoder.layers.0.mlp.fc1.weight", 1, textWidth);
            add(arena, tensors, "text_projection.weight", 1, textWidth);
            add(arena, tensors, "vision_model.embeddings.class_embedding", imageWidth);
            add(arena, tensors, "vision_model.embeddings.patch_embedding.weight", imageWidth, 3, 2, 2);
            add(arena, tensors, "vision_model.embeddings.position_embedding.weight", 10, imageWidth);
            add(arena, tensors, "vision_model.encoder.layers.0.mlp.fc1.weight", 1, imageWidth);
            Map<String, StoredTensor> byName = new HashMap<>();
            tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
            return ClipShapes.read(byName, Path.of("made"), ClipActivation.GELU);
        }
    }

    private static void refused(String source, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> open(source).close())
                .satisfies(e -> assertThat(e.getMessage()).startsWith(message).doesNotContain("\n"));
    }
}
