package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.Diagnostics;
import io.irscale.autograd.Loss;
import io.irscale.data.Frames;
import io.irscale.data.image.Scaling;
import io.irscale.data.layout.Datasets;
import io.irscale.decode.Vae;
import io.irscale.ffi.TorchLibraries;
import io.irscale.report.Png;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.codehaus.plexus.util.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every training, killed after each of several checkpoints and started again: its files are those of a whole run. */
class ResumedTrainingTest {
    private static final Path DEMO =
            Path.of(System.getProperty("irscale.root", "../..")).resolve("demo");
    private static final int STEPS = 6;
    private static final List<Integer> CUTS = List.of(1, 3, 4);
    private static final int EDGE = 32;
    private static final int TOKENS = 24;

    @TempDir
    Path folder;

    private long live;
    private ImageWindows windows;
    private Vae vae;

    @BeforeEach
    void images() throws IOException {
        TorchLibraries.open(Optional.empty());
        live = Diagnostics.liveObjects();
        Path data = Files.createDirectory(folder.resolve("data"));
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            byte[] grey = new byte[EDGE * EDGE];
            for (int p = 0; p < grey.length; p++) {
                grey[p] = (byte) (p % EDGE * (i + 1));
            }
            Png.writeGrey8(data.resolve(i + ".png"), EDGE, EDGE, grey, Map.of());
            metadata.append("""
                    {"file_name": "%d.png", "text": "an infrared photo at %s with %d cars", "time": "%s"}
                    """.formatted(i, i % 2 == 0 ? "day" : "night", i + 2, i % 2 == 0 ? "day" : "night"));
        }
        Files.writeString(data.resolve("metadata.jsonl"), metadata);
        windows = new ImageWindows(Frames.read(Datasets.open(data), Scaling.pictures(), count -> {}), 0, EDGE);
        vae = Vae.open(DEMO.resolve("pipeline/vae"), Device.CPU, DType.BF16);
    }

    @AfterEach
    void nothingIsLeft() {
        vae.close();
        assertThat(Diagnostics.liveObjects()).isEqualTo(live);
    }

    /** Makes what is trained anew, as a new process does. */
    private interface Made {
        Objective in(Path out) throws IOException;
    }

    private void goesOnExactly(Made made) throws IOException {
        Path whole = folder.resolve("whole");
        train(made, whole, new TrainingListener() {
            @Override
            public void stepped(long step, Map<String, Double> losses) {
                // The checkpoint of the step before has been written: what a kill in this step leaves.
                if (CUTS.contains((int) step - 1)) {
                    copy(whole, folder.resolve("cut-" + (step - 1)));
                }
            }
        });
        for (int cut : CUTS) {
            Path resumed = folder.resolve("cut-" + cut);
            train(made, resumed, TrainingListener.NONE);
            assertSameFiles(whole, resumed, "cut at " + cut);
        }
    }

    private static void train(Made made, Path out, TrainingListener listener) throws IOException {
        LearningRate rate = new LearningRate(5e-3, 2, 0.5, 0.1);
        TrainingSettings settings = new TrainingSettings(STEPS, 4, 1, rate, 0.99, 0.01, 1, 0.9, 1, 2, 1);
        Files.createDirectories(out);
        try (Objective objective = made.in(out)) {
            assertThat(new TrainingRun(out, objective, settings, listener).train("test"))
                    .isTrue();
        }
    }

    private static void copy(Path from, Path to) {
        try {
            FileUtils.copyDirectoryStructure(from.toFile(), to.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertSameFiles(Path whole, Path resumed, String which) throws IOException {
        List<Path> names = files(whole);
        assertThat(files(resumed)).as(which).isEqualTo(names);
        for (Path name : names) {
            assertThat(Files.mismatch(whole.resolve(name), resumed.resolve(name)))
                    .as("%s: first other byte of %s", which, name)
                    .isEqualTo(-1);
        }
    }

    private static List<Path> files(Path out) throws IOException {
        try (Stream<Path> all = Files.walk(out)) {
            return all.filter(Files::isRegularFile)
                    .map(out::relativize)
                    .sorted()
                    .toList();
        }
    }

    private FlowData.Settings settings() {
        return new FlowData.Settings(2, 0.3, 1, false);
    }

    private LatentCache latents(Path out, String part) {
        return FlowData.training(out.resolve(part + ".safetensors"), part, vae, windows, 1, 1, count -> {});
    }

    @Test
    void aLora() throws IOException {
        LoraObjective.Form form = new LoraObjective.Form(2, 2, Pattern.compile(LoraObjective.Form.BLOCKS), 0.1f);
        goesOnExactly(out -> new LoraObjective(
                DEMO.resolve("pipeline"),
                TOKENS,
                form,
                settings(),
                vae,
                latents(out, "training"),
                latents(out, "validation"),
                Device.CPU,
                DType.BF16));
    }

    @Test
    void aTransformerWithItsTextEncoders() throws IOException {
        goesOnExactly(out -> new FluxObjective(
                DEMO.resolve("pipeline"),
                TOKENS,
                settings(),
                vae,
                latents(out, "training"),
                latents(out, "validation"),
                Device.CPU,
                DType.BF16));
    }

    @Test
    void aVerifier() throws IOException {
        goesOnExactly(out -> new ClipObjective(
                TrainedClip.whole(DEMO.resolve("verifier"), 1, Device.CPU, DType.BF16),
                vae,
                windows,
                windows,
                new ClipObjective.Settings(4, 1, 1)));
    }

    @Test
    void loRasOfAVerifier() throws IOException {
        goesOnExactly(out -> new ClipObjective(
                TrainedClip.lora(DEMO.resolve("verifier"), 2, 1, Device.CPU, DType.BF16),
                vae,
                windows,
                windows,
                new ClipObjective.Settings(4, 1, 1)));
    }

    @Test
    void aClassifier() throws IOException {
        Path start = Files.createDirectory(folder.resolve("start"));
        Files.copy(DEMO.resolve("pipeline/vae/config.json"), start.resolve("config.json"));
        Files.writeString(start.resolve("labels.json"), "{\"time\": [\"day\", \"night\"]}");
        goesOnExactly(out -> new ClassifierObjective(
                start, vae, windows, windows, new ClassifierObjective.Settings(4, 1), Device.CPU, DType.BF16));
    }

    @Test
    void anAutoencoder() throws IOException {
        Path config = SmallFrames.config(folder);
        VaeObjective.Settings what = new VaeObjective.Settings(4, new Loss.Reconstruction(1, 0.5f, 0.2f), 1e-3, 2, 11);
        goesOnExactly(out -> new VaeObjective(config, windows, windows, what, Device.CPU, DType.BF16));
    }
}
