package io.irscale.cli.train;

import io.irscale.cli.Converters;
import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.cli.TorchOptions;
import io.irscale.ffi.TorchLibraries;
import io.irscale.file.AtomicFile;
import io.irscale.file.FolderLock;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.train.LearningRate;
import io.irscale.train.Objective;
import io.irscale.train.TrainingRun;
import io.irscale.train.TrainingSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a training runs. */
final class RunOptions {
    private static final long NOTE_NANOS = Duration.ofSeconds(10).toNanos();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for checkpoints, curves, pictures and the model.")
    private Path out = Path.of("");

    @Option(names = "--steps", defaultValue = "1000", description = "Updates; default: ${DEFAULT-VALUE}.")
    private long steps;

    @Option(names = "--batch", defaultValue = "32", description = "Rows a forward; default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--accumulate", defaultValue = "1", description = "Forwards an update; default: ${DEFAULT-VALUE}.")
    private int accumulate;

    @Option(names = "--lr", defaultValue = "1e-3", description = "Largest learning rate; default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(names = "--warmup", defaultValue = "100", description = "Steps up to it; default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Option(
            names = "--decay-from",
            defaultValue = "0.5",
            description = "Share of the steps after which a cosine takes it down to 1 %%; default: ${DEFAULT-VALUE}.")
    private double decayFrom;

    @Option(
            names = "--beta2",
            defaultValue = "0.99",
            description = "AdamW's decay of squares; default: ${DEFAULT-VALUE}.")
    private double beta2;

    @Option(names = "--weight-decay", defaultValue = "0.01", description = "AdamW's; default: ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--clip",
            defaultValue = "1",
            description = "Largest norm of the gradient; default: ${DEFAULT-VALUE}.")
    private double maxNorm;

    @Option(
            names = "--ema",
            defaultValue = "0.998",
            description =
                    "Decay of the averaged weights that are saved, 0 for the last ones; default: ${DEFAULT-VALUE}.")
    private double average;

    @Option(
            names = "--seed",
            converter = Converters.OfSeed.class,
            defaultValue = "1",
            description = "Of weights, batches and noise; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--validate-every", defaultValue = "250", description = "Steps; default: ${DEFAULT-VALUE}.")
    private int validateEvery;

    @Option(names = "--save-every", defaultValue = "250", description = "Steps; default: ${DEFAULT-VALUE}.")
    private int saveEvery;

    @Mixin
    private TorchOptions torch = new TorchOptions();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = Converters.OfDType.class,
            defaultValue = "bf16",
            description = "fp32 or bf16, which models compute in; the optimizer is in fp32; default: ${DEFAULT-VALUE}.")
    private DType dtype = DType.BF16;

    /** To be called before any model is opened. */
    void loadLibtorch() {
        TorchLibraries.open(torch.libtorch());
    }

    /** Empty for the one on the class path. */
    Optional<Path> libtorch() {
        return torch.libtorch();
    }

    /** The run's folder, which is made. */
    Path folder() {
        AtomicFile.makeFolder(out);
        return out;
    }

    /** Where what was encoded once is kept. */
    Path cache(String part) {
        return folder().resolve(part + "-latents.safetensors");
    }

    /** Says from time to time how many of {@code what} are encoded. */
    IntConsumer encoding(PrintWriter err, String what) {
        ProgressView progress = ProgressView.ofSteps(err, 0);
        long[] last = {System.nanoTime()};
        return count -> {
            if (System.nanoTime() - last[0] > NOTE_NANOS) {
                last[0] = System.nanoTime();
                progress.note("%d %s encoded".formatted(count, what));
            }
        };
    }

    int batch() {
        return batch;
    }

    long seed() {
        return seed;
    }

    Device device() {
        return torch.device();
    }

    DType dtype() {
        return dtype;
    }

    /**
     * Trains what {@code make} makes.
     *
     * @param description of what is trained on what
     * @return whether it came to its end
     */
    boolean run(PrintWriter err, Interruption interruption, String description, Supplier<Objective> make) {
        TrainingSettings settings = new TrainingSettings(
                steps,
                batch,
                accumulate,
                new LearningRate(rate, warmup, decayFrom, 0.01),
                beta2,
                weightDecay,
                maxNorm,
                average,
                seed,
                validateEvery,
                saveEvery);
        try (FolderLock _ = FolderLock.of(folder());
                Objective objective = make.get();
                ProgressView progress = ProgressView.ofSteps(err, steps)) {
            boolean done = new TrainingRun(out, objective, settings, new TrainingProgress(progress, interruption))
                    .train("%s, %s, %s".formatted(description, dtype, settings));
            progress.note(
                    done ? "trained: " + out : "interrupted; the same command goes on from the checkpoint in " + out);
            return done;
        }
    }
}
