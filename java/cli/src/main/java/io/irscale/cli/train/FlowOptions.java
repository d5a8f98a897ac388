package io.irscale.cli.train;

import io.irscale.cli.Converters;
import io.irscale.decode.Vae;
import io.irscale.train.FlowData;
import io.irscale.train.ImageWindows;
import io.irscale.train.LatentCache;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the training of a transformer, in full or by a LoRA, takes. */
final class FlowOptions {
    private static final int VALIDATED = 256;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Pipeline in the diffusers layout, with its tokenizers.")
    private Path model = Path.of("");

    @Option(names = "--vae", paramLabel = "DIR", description = "Another VAE.")
    private Optional<Path> vae = Optional.empty();

    @Option(
            names = "--windows-per-frame",
            defaultValue = "16",
            description = "Windows drawn of every frame, encoded once; 1 for whole frames; default: ${DEFAULT-VALUE}.")
    private int perFrame;

    @Option(
            names = "--caption-dropout",
            defaultValue = "0.1",
            description = "Share of rows without caption, for classifier-free guidance; default: ${DEFAULT-VALUE}.")
    private double captionDropout;

    @Option(
            names = "--max-sequence-length",
            defaultValue = "512",
            paramLabel = "TOKENS",
            description = "T5 tokens of a prompt; default: ${DEFAULT-VALUE}.")
    private int t5Length;

    @Option(
            names = "--checkpointing",
            description = "Compute a block's activations again on the way back instead of keeping all blocks': "
                    + "less memory, the time of another forward, the same result.")
    private boolean checkpointing;

    Path model() {
        return model;
    }

    int t5Length() {
        return t5Length;
    }

    FlowData.Settings settings(RunOptions run) {
        return new FlowData.Settings(run.batch(), captionDropout, run.seed(), checkpointing);
    }

    Vae openVae(RunOptions run) {
        return Vae.open(vae.orElse(model.resolve("vae")), run.device(), run.dtype());
    }

    LatentCache training(PrintWriter err, RunOptions run, ImageOptions images, Vae open) {
        ImageWindows windows = images.training(err);
        return FlowData.training(
                run.cache("training"),
                source(run, images),
                open,
                windows,
                perFrame,
                run.seed(),
                run.encoding(err, "training windows"));
    }

    LatentCache validation(PrintWriter err, RunOptions run, ImageOptions images, Vae open) {
        return FlowData.validation(
                run.cache("validation"),
                source(run, images),
                open,
                images.validation(err),
                VALIDATED,
                run.seed(),
                run.encoding(err, "validation windows"));
    }

    /** Of the latents: VAE, images, windows. */
    private String source(RunOptions run, ImageOptions images) {
        return "%s, %s, %d a frame, seed %d"
                .formatted(
                        images.description(),
                        vae.orElse(model).toAbsolutePath().normalize(),
                        perFrame,
                        Converters.seed(run.seed()));
    }

    /** Of everything. */
    String description(RunOptions run, ImageOptions images) {
        return "%s, of %s, %d T5 tokens, caption dropout %s"
                .formatted(source(run, images), model.toAbsolutePath().normalize(), t5Length, captionDropout);
    }
}
