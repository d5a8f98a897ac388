package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.Diagnostics;
import io.irscale.autograd.Loss;
import io.irscale.data.Frames;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of a small autoencoder, whole and cut. */
class TrainingRunTest {
    private static final int STEPS = 24;
    private static final String MODEL = "diffusion_pytorch_model.safetensors";
    private static final List<String> RESULTS = List.of(MODEL, "config.json", "log.jsonl", "checkpoint.safetensors");

    @TempDir
    private Path folder;

    private Frames frames;
    private Path config;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void write() throws IOException {
        frames = SmallFrames.write(folder.resolve("frames"), 4);
        config = SmallFrames.config(folder);
    }

    /** Cancels after so many steps, and remembers the rest. */
    private static final class Watch implements TrainingListener {
        private final long cancelAfter;
        private final List<Double> losses = new ArrayList<>();
        private long resumedAt;
        private long done;

        Watch(long cancelAfter) {
            this.cancelAfter = cancelAfter;
        }

        @Override
        public void resumed(long step) {
            resumedAt = step;
        }

        @Override
        public void stepped(long step, Map<String, Double> values) {
            done = step;
            losses.add(Objects.requireNonNull(values.get("loss")));
        }

        @Override
        public boolean isCancelled() {
            return done >= cancelAfter;
        }
    }

    private boolean train(String name, String description, double average, DType dtype, TrainingListener listener) {
        VaeObjective.Settings what = new VaeObjective.Settings(4, new Loss.Reconstruction(1, 0.5f, 0.2f), 1e-3, 2, 11);
        TrainingSettings how = new TrainingSettings(
                STEPS, 4, 2, new LearningRate(4e-3, 4, 0.5, 0.1), 0.99, 0.01, 1, average, 11, 8, 7);
        ImageWindows windows = new ImageWindows(frames, 16, 16);
        try (VaeObjective objective = new VaeObjective(config, windows, windows, what, Device.CPU, dtype)) {
            return new TrainingRun(folder.resolve(name), objective, how, listener).train(description);
        }
    }

    private void assertEqualResults(String one, String other) {
        for (String file : RESULTS) {
            assertThat(folder.resolve(other).resolve(file))
                    .hasSameBinaryContentAs(folder.resolve(one).resolve(file));
        }
    }

    @Test
    void aCancelledRunEndsAsAWholeOneAndTheLossFalls() {
        long live = Diagnostics.liveObjects();
        Watch whole = new Watch(Long.MAX_VALUE);
        assertThat(train("whole", "a", 0.95, DType.F32, whole)).isTrue();
        long cut = new SplittableRandom().nextLong(1, STEPS);
        Watch before = new Watch(cut);
        assertThat(train("cut", "a", 0.95, DType.F32, before)).isFalse();
        assertThat(folder.resolve("cut").resolve(MODEL)).doesNotExist();
        Watch after = new Watch(Long.MAX_VALUE);
        assertThat(train("cut", "a", 0.95, DType.F32, after)).isTrue();
        assertThat(after.resumedAt).isEqualTo(cut);
        assertThat(after.losses).as("cut at step %d", cut).isEqualTo(whole.losses.subList((int) cut, STEPS));
        assertEqualResults("whole", "cut");
        double first = mean(whole.losses.subList(0, 4));
        double last = mean(whole.losses.subList(STEPS - 4, STEPS));
        System.out.printf("loss %.3f to %.3f in %d steps; cut at %d%n", first, last, STEPS, cut);
        assertThat(last).isLessThan(first / 2);
        assertThat(Diagnostics.liveObjects()).isEqualTo(live);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** bf16 weights are rounded ones of those that the optimizer keeps, and must come back so. */
    @Test
    void aRunThatWasKilledBetweenCheckpointsEndsAsAWholeOne() {
        assertThat(train("whole", "a", 0, DType.BF16, TrainingListener.NONE)).isTrue();
        TrainingListener kill = new TrainingListener() {
            @Override
            public void stepped(long step, Map<String, Double> losses) {
                if (step == 12) {
                    throw new IllegalStateException("killed");
                }
            }
        };
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> train("cut", "a", 0, DType.BF16, kill));
        Watch after = new Watch(Long.MAX_VALUE);
        assertThat(train("cut", "a", 0, DType.BF16, after)).isTrue();
        assertThat(after.resumedAt).isEqualTo(7);
        assertEqualResults("whole", "cut");
    }

    @Test
    void aCheckpointOfAnotherDescriptionIsRefused() throws IOException {
        long live = Diagnostics.liveObjects();
        train("run", "vae on frames", 0, DType.F32, new Watch(1));
        byte[] log = Files.readAllBytes(folder.resolve("run").resolve("log.jsonl"));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> train("run", "vae on others", 0, DType.F32, TrainingListener.NONE))
                .withMessageContaining("belongs to the run 'vae on frames', expected 'vae on others'")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        assertThat(folder.resolve("run").resolve("log.jsonl")).hasBinaryContent(log);
        assertThat(Diagnostics.liveObjects()).isEqualTo(live);
    }

    @Test
    void aRunThatGoesOnElsewhereSaysThatItIsNotExact() throws IOException {
        train("run", "a", 0, DType.F32, new Watch(3));
        Path checkpoint = folder.resolve("run/checkpoint.safetensors");
        Path moved = folder.resolve("moved.safetensors");
        try (Checkpoint saved = Checkpoint.open(checkpoint)) {
            Map<String, String> metadata = new HashMap<>(saved.metadata());
            assertThat(metadata.put("arithmetic", "another processor")).startsWith("libtorch 2.");
            SafetensorsWriter.write(moved, List.copyOf(saved.tensors().values()), metadata);
        }
        Files.move(moved, checkpoint, StandardCopyOption.REPLACE_EXISTING);
        List<String> said = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void roundsOtherwise(String before, String now) {
                said.add(before);
            }
        };
        assertThat(train("run", "a", 0, DType.F32, listener)).isTrue();
        assertThat(said).containsExactly("another processor");
    }
}
