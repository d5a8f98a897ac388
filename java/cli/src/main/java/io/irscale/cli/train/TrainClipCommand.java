package io.irscale.cli.train;

import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.Version;
import io.irscale.decode.Vae;
import io.irscale.train.ClipObjective;
import io.irscale.train.TrainedClip;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Adapts a verifier to infrared. */
@Command(
        name = "clip",
        description =
                "Trains a CLIP on infrared images and captions with hard negatives: all of it, or LoRAs on both towers.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer =
                "  irscale train clip --start clip-vit-large-patch14 --lora-rank 16 --vae vae --data train --validation val --out run/clip")
final class TrainClipCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--start",
            required = true,
            paramLabel = "DIR",
            description = "CLIPModel of transformers with its tokenizer; without weights it starts from scratch.")
    private Path clip = Path.of("");

    @Option(
            names = "--lora-rank",
            paramLabel = "RANK",
            description = "Train LoRAs of that rank on both towers; default: the whole model.")
    private Optional<Integer> rank = Optional.empty();

    @Option(
            names = "--vae",
            required = true,
            paramLabel = "DIR",
            description = "VAE of the generator, through which half of the images go.")
    private Path vae = Path.of("");

    @Option(
            names = "--negatives",
            defaultValue = "1",
            description = "Hard negatives a pair: its caption with one word changed; default: ${DEFAULT-VALUE}.")
    private int negatives;

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    TrainClipCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        ClipObjective.Settings settings = new ClipObjective.Settings(run.batch(), negatives, run.seed());
        run.loadLibtorch();
        try (Vae open = Vae.open(vae, run.device(), run.dtype())) {
            boolean done = run.run(
                    spec.commandLine().getErr(),
                    interruption,
                    "clip %s, rank %s, of %s, %s"
                            .formatted(clip, rank.map(Object::toString).orElse("full"), images.description(), settings),
                    () -> new ClipObjective(
                            model(),
                            open,
                            images.training(spec.commandLine().getErr()),
                            images.validation(spec.commandLine().getErr()),
                            settings));
            return done ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
    }

    private TrainedClip model() {
        return rank.isPresent()
                ? TrainedClip.lora(clip, rank.get(), run.seed(), run.device(), run.dtype())
                : TrainedClip.whole(clip, run.seed(), run.device(), run.dtype());
    }
}
