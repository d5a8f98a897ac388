package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.irscale.Diagnostics;
import io.irscale.data.Frames;
import io.irscale.data.image.Scaling;
import io.irscale.data.layout.Datasets;
import io.irscale.decode.Vae;
import io.irscale.decode.VaeConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.report.Png;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codehaus.plexus.util.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipObjectiveTest {
    private static final int SIZE = 16;
    private static final ClipObjective.Settings SETTINGS = new ClipObjective.Settings(8, 1, 1);
    private static final String VAE = """
            {"block_out_channels": [8, 8], "latent_channels": 4, "layers_per_block": 1, "norm_num_groups": 4,
             "use_quant_conv": false, "use_post_quant_conv": false, "scaling_factor": 1.0}""";

    @TempDir
    Path folder;

    private long before;
    private ImageWindows windows;
    private Parameters vaeWeights;
    private Vae vae;

    @BeforeEach
    void images() throws IOException {
        TorchLibraries.open(Optional.empty());
        before = Diagnostics.liveObjects();
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            byte[] grey = new byte[32 * 32];
            for (int p = 0; p < grey.length; p++) {
                // stripes: CLIP's first norm takes the brightness of a plain patch away
                int along = i % 2 == 0 ? p % 32 : p / 32;
                grey[p] = (byte) (along / (2 << (i / 2)) % 2 == 0 ? 40 : 210);
            }
            Png.writeGrey8(folder.resolve(i + ".png"), 32, 32, grey, Map.of());
            metadata.append("{\"file_name\": \"%d.png\", \"text\": \"%s with %s cars\"}\n"
                    .formatted(
                            i,
                            i % 2 == 0 ? "day" : "night",
                            List.of("two", "three", "many").get(i / 2)));
        }
        Files.writeString(folder.resolve("metadata.jsonl"), metadata);
        windows = new ImageWindows(Frames.read(Datasets.open(folder), Scaling.pictures(), count -> {}), 0, SIZE);
        vaeWeights = Parameters.of(List.of(), 1, Device.CPU, DType.F32);
        vae = Vae.of(VaeConfig.of(JsonConfig.parse(folder, "VAE", VAE)), vaeWeights);
    }

    @AfterEach
    void nothingIsLeft() {
        vae.close();
        vaeWeights.close();
        assertThat(Diagnostics.liveObjects()).isEqualTo(before);
    }

    /** A CLIP's folder without weights. */
    private Path clip() throws IOException {
        Path clip = folder.resolve("clip");
        Path tokenizer = Path.of(System.getProperty("irscale.root", "../.."), "demo/pipeline/tokenizer");
        FileUtils.copyDirectoryStructure(tokenizer.toFile(), clip.toFile());
        int vocabulary = JsonConfig.read(clip.resolve("vocab.json")).keys().size();
        Files.writeString(clip.resolve("config.json"), """
                {"projection_dim": 16,
                 "text_config": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
                  "num_attention_heads": 2, "max_position_embeddings": 20, "vocab_size": %d, "eos_token_id": %d},
                 "vision_config": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
                  "num_attention_heads": 2, "image_size": 16, "patch_size": 8}}""".formatted(vocabulary, vocabulary - 1));
        return clip;
    }

    private void train(Objective objective, int steps) {
        LearningRate rate = new LearningRate(5e-3, 5, 0.5, 0.1);
        TrainingSettings settings = new TrainingSettings(steps, 8, 1, rate, 0.99, 0, 1, 0, 1, steps, steps);
        new TrainingRun(folder.resolve("run"), objective, settings, TrainingListener.NONE).train("test");
    }

    @Test
    void learnsWhichCaptionBelongsToWhichImage() throws IOException {
        try (TrainedClip untouched = TrainedClip.whole(clip(), 1, Device.CPU, DType.F32);
                ClipObjective objective = new ClipObjective(
                        TrainedClip.whole(clip(), 3, Device.CPU, DType.F32), vae, windows, windows, SETTINGS)) {
            train(objective, 240);
            Retrieval start = ClipObjective.retrieval(untouched, windows, 6, 1);
            assertThat(objective.validate().get("recall_at_1"))
                    .isGreaterThan(start.recallAt1())
                    .isEqualTo(1);
        }
        try (Checkpoint saved = Checkpoint.open(folder.resolve("run/clip"), "model")) {
            // transformers' CLIPModel takes no other names
            assertThat(saved.tensors().keySet())
                    .allMatch(name -> name.matches("(text_model|vision_model|.*_projection)\\..*|logit_scale"));
        }
    }

    @Test
    void adaptersOfBothTowersAreSavedMergedAndByThemselves() throws IOException {
        try (ClipObjective objective = new ClipObjective(
                TrainedClip.whole(clip(), 3, Device.CPU, DType.F32), vae, windows, windows, SETTINGS)) {
            train(objective, 1);
        }
        Path base = folder.resolve("run/clip");
        FileUtils.copyDirectoryStructure(base.toFile(), folder.resolve("base").toFile());
        FileUtils.deleteDirectory(folder.resolve("run").toFile());
        float[] adapted;
        try (TrainedClip model = TrainedClip.lora(folder.resolve("base"), 2, 1, Device.CPU, DType.F32);
                Tensor images = windows.pixels(windows.tiles());
                Tensor finished = Vae.finish(images);
                Tensor pixels = model.preprocessing().apply(finished)) {
            float[] plain = embed(model.clip(), pixels);
            ClipObjective objective = new ClipObjective(model, vae, windows, windows, SETTINGS);
            train(objective, 10);
            try (var _ = model.lend()) {
                adapted = embed(model.clip(), pixels);
            }
            assertThat(adapted).isNotEqualTo(plain);
            assertThat(embed(model.clip(), pixels)).containsExactly(plain);
            try (Clip saved = Clip.open(folder.resolve("run/clip"), Device.CPU, DType.F32)) {
                assertThat(embed(saved, pixels))
                        .usingComparatorWithPrecision(0.02f)
                        .containsExactly(adapted);
            }
        }
        try (Checkpoint adapter = Checkpoint.open(folder.resolve("run/adapter/adapter_model.safetensors"))) {
            String key = "base_model.model.%s.encoder.layers.0.mlp.fc1.lora_%s.weight";
            assertThat(adapter.tensor(key.formatted("text_model", "A")).shape()).containsExactly(2L, 32L);
            assertThat(adapter.tensor(key.formatted("vision_model", "B")).shape())
                    .containsExactly(64L, 2L);
        }
        assertThat(JsonConfig.read(folder.resolve("run/adapter/adapter_config.json"))
                        .number("lora_alpha", 0))
                .isEqualTo(2, within(0.0));
    }

    // What was opened before the missing file is closed again: see nothingIsLeft.
    @Test
    void aFolderWithoutTokenizerIsNamed() throws IOException {
        Path clip = clip();
        Files.delete(clip.resolve("vocab.json"));
        assertThatThrownBy(() -> TrainedClip.whole(clip, 1, Device.CPU, DType.F32))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(clip.toString());
    }

    private static float[] embed(Clip clip, Tensor pixels) {
        try (Tensor embedding = clip.embedImage(pixels)) {
            return embedding.floats();
        }
    }
}
