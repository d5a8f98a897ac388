package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.Diagnostics;
import io.irscale.classify.Classifier;
import io.irscale.classify.ClassifierFolder;
import io.irscale.classify.Label;
import io.irscale.data.Frames;
import io.irscale.data.image.Scaling;
import io.irscale.data.layout.Datasets;
import io.irscale.decode.Vae;
import io.irscale.decode.VaeConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.report.Png;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierObjectiveTest {
    private static final String CONVOLUTIONS = """
            {"_class_name": "AutoencoderKL", "block_out_channels": [8, 16], "latent_channels": 8,
             "layers_per_block": 1, "norm_num_groups": 4, "use_quant_conv": false, "use_post_quant_conv": false,
             "sample_size": 16}""";
    private static final String TRANSFORMER = """
            {"projection_dim": 16,
             "text_config": {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1,
              "num_attention_heads": 1, "max_position_embeddings": 2, "vocab_size": 2, "eos_token_id": 1},
             "vision_config": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
              "num_attention_heads": 2, "image_size": 16, "patch_size": 8}}""";

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
        Files.createDirectories(folder.resolve("data"));
        for (int i = 0; i < 4; i++) {
            byte[] grey = new byte[32 * 32];
            for (int p = 0; p < grey.length; p++) {
                int along = i % 2 == 0 ? p % 32 : p / 32;
                grey[p] = (byte) (along / (i < 2 ? 2 : 8) % 2 == 0 ? 40 : 210);
            }
            Png.writeGrey8(folder.resolve("data/" + i + ".png"), 32, 32, grey, Map.of());
            metadata.append("""
                    {"file_name": "%d.png", "text": "stripes", "time": "%s", "objects": [%s]}
                    """.formatted(
                    i, i % 2 == 0 ? "day" : "night", i < 2 ? "" : "{\"category\": \"car\", \"bbox\": [1, 1, 4, 4]}"));
        }
        Files.writeString(folder.resolve("data/metadata.jsonl"), metadata);
        windows = new ImageWindows(
                Frames.read(Datasets.open(folder.resolve("data")), Scaling.pictures(), count -> {}), 0, 16);
        vaeWeights = Parameters.of(List.of(), 1, Device.CPU, DType.F32);
        vae = Vae.of(VaeConfig.of(JsonConfig.parse(folder, "VAE", CONVOLUTIONS)), vaeWeights);
    }

    @AfterEach
    void nothingIsLeft() {
        vae.close();
        vaeWeights.close();
        assertThat(Diagnostics.liveObjects()).isEqualTo(before);
    }

    private Path start(String config, String labels) throws IOException {
        Path start = Files.createDirectories(folder.resolve("start"));
        Files.writeString(start.resolve("config.json"), config);
        Files.writeString(start.resolve("labels.json"), labels);
        return start;
    }

    private void learns(String config, int width) throws IOException {
        Path start = start(config, "{\"time\": [\"day\", \"night\"], \"car\": [\"0\", \"1 or more\"]}");
        LearningRate rate = new LearningRate(5e-3, 5, 0.5, 0.1);
        TrainingSettings settings = new TrainingSettings(60, 8, 1, rate, 0.99, 0, 1, 0, 1, 60, 60);
        Map<String, Double> untrained;
        Map<String, Double> trained;
        try (ClassifierObjective objective = new ClassifierObjective(
                start, vae, windows, windows, new ClassifierObjective.Settings(8, 1), Device.CPU, DType.F32)) {
            untrained = objective.validate();
            new TrainingRun(folder.resolve("run"), objective, settings, TrainingListener.NONE).train("test");
            trained = objective.validate();
        }
        assertThat(trained.get("loss")).isLessThan(0.5 * untrained.getOrDefault("loss", 0.0));
        assertThat(trained).containsEntry("accuracy", 1.0).containsKeys("time", "car", "reconstructed accuracy");
        try (Classifier saved = Classifier.open(folder.resolve("run/classifier"), Device.CPU, DType.F32);
                Tensor images = windows.pixels(windows.tiles());
                Tensor finished = Vae.finish(images);
                Tensor features = saved.features(finished)) {
            assertThat(features.shape()).containsExactly(4, width);
            assertThat(saved.heads().get(0).label()).isEqualTo(new Label("time", List.of("day", "night")));
            assertThat(saved.heads().get(0).classes(features)).containsExactly(0, 1, 0, 1);
            assertThat(saved.heads().get(1).classes(features)).containsExactly(0, 0, 1, 1);
        }
    }

    @Test
    void convolutionsLearnAttributesAndCounts() throws IOException {
        learns(CONVOLUTIONS, 8);
    }

    @Test
    void aVisionTransformerLearnsThemToo() throws IOException {
        learns(TRANSFORMER, 16);
    }

    @Test
    void wrongFoldersAreNamed() throws IOException {
        assertThatThrownBy(() -> objective(start("{}", "{\"time\": [\"day\", \"night\"]}")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("describes no network");
        assertThatThrownBy(() -> objective(start(CONVOLUTIONS, "{\"time\": [\"day\"]}")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("label time: has the classes [day], expected at least 2");
        assertThatThrownBy(() -> ClassifierFolder.labels(start(CONVOLUTIONS, "[]")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("labels.json");
        try (ClassifierObjective objective = objective(start(CONVOLUTIONS, "{\"time\": [\"dawn\", \"dusk\"]}"))) {
            assertThatThrownBy(objective::validate)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("time is day, expected one of [dawn, dusk]");
        }
    }

    private ClassifierObjective objective(Path start) {
        return new ClassifierObjective(
                start, vae, windows, windows, new ClassifierObjective.Settings(8, 1), Device.CPU, DType.F32);
    }
}
