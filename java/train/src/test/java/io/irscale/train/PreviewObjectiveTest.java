package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.irscale.Diagnostics;
import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.ModelDefaults;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the demo model and its verifier. */
class PreviewObjectiveTest {
    private static final Path DEMO =
            Path.of(System.getProperty("irscale.root", "../..")).resolve("demo");
    private static final List<String> PROMPTS = List.of(
            "an infrared aerial photo at night from 60 m looking at 50 degrees, with one car",
            "an infrared aerial photo at day from 60 m looking straight down");
    private static final int EACH = 4;

    @TempDir
    Path folder;

    private long before;

    @BeforeEach
    void torch() {
        TorchLibraries.open(Optional.empty());
        before = Diagnostics.liveObjects();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(Diagnostics.liveObjects()).isEqualTo(before);
    }

    private PreviewSet drawn() {
        return PreviewSet.of(folder.resolve("previews.safetensors"), "drawn", () -> {
            try (Engine engine =
                    Engine.open(EngineOptions.of(DEMO.resolve("pipeline")).withVerifier(DEMO.resolve("verifier")))) {
                GenerateRequest like = ModelDefaults.of(DEMO.resolve("pipeline"))
                        .request(PROMPTS.getFirst())
                        .withSteps(8)
                        .withTrueCfg(1, "");
                return PreviewSet.draw(engine, like, PROMPTS, EACH, done -> {});
            }
        });
    }

    @Test
    void keepsWhatWasSeenOnTheWay() {
        PreviewSet set = drawn();
        assertThat(set.count()).isEqualTo(PROMPTS.size() * EACH);
        assertThat(set.prompts().subList(0, EACH)).containsOnly(PROMPTS.getFirst());
        PreviewSet again = PreviewSet.of(folder.resolve("previews.safetensors"), "drawn", () -> fail("is drawn again"));
        try (Tensor finished = set.finished(5);
                Tensor early = set.previews(new int[] {5}, new int[] {0});
                Tensor late = set.previews(new int[] {5}, new int[] {4});
                Tensor kept = again.previews(new int[] {5}, new int[] {4})) {
            assertThat(finished.shape()).containsExactly(1, 3, 64, 64);
            assertThat(kept.floats()).containsExactly(late.floats());
            assertThat(distance(late, finished)).isPositive().isLessThan(distance(early, finished));
        }
    }

    private static double distance(Tensor a, Tensor b) {
        float[] x = a.floats();
        float[] y = b.floats();
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += Math.abs(x[i] - y[i]);
        }
        return sum / x.length;
    }

    @Test
    void theImageTowerLearnsToTellEarly() throws IOException {
        PreviewSet set = drawn();
        ImageWindows real = new ImageWindows(SmallFrames.write(folder.resolve("data"), 3), 0, SmallFrames.EDGE);
        TrainedClip model = TrainedClip.imageLora(DEMO.resolve("verifier"), 4, 1, Device.CPU, DType.F32);
        LearningRate rate = new LearningRate(5e-3, 5, 0.5, 0.1);
        TrainingSettings settings = new TrainingSettings(30, 16, 1, rate, 0.99, 0, 1, 0, 1, 30, 30);
        try (PreviewObjective objective =
                new PreviewObjective(model, new PreviewSets(set, set), real, new PreviewObjective.Settings(16, 1))) {
            Map<String, Double> untouched = objective.backward(1000, 0, 1);
            new TrainingRun(folder.resolve("run"), objective, settings, TrainingListener.NONE).train("test");
            assertThat(objective.backward(1000, 0, 1).getOrDefault("previews", 1.0))
                    .isLessThan(0.7 * untouched.getOrDefault("previews", 0.0));
            assertThat(objective.validate()).containsKeys("spearman at 0.125", "untouched at 0.625");
        }
        try (Checkpoint start = Checkpoint.open(DEMO.resolve("verifier"), "model");
                Checkpoint saved = Checkpoint.open(folder.resolve("run/clip"), "model")) {
            String layer = "%s_model.encoder.layers.0.mlp.fc1.weight";
            assertThat(bytes(saved.tensor(layer.formatted("text"))))
                    .isEqualTo(bytes(start.tensor(layer.formatted("text"))));
            assertThat(bytes(saved.tensor(layer.formatted("vision"))))
                    .isNotEqualTo(bytes(start.tensor(layer.formatted("vision"))));
        }
    }

    private static byte[] bytes(StoredTensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_BYTE);
    }
}
