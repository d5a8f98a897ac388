package io.irscale.cli.train;

import io.irscale.autograd.Loss;
import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.Version;
import io.irscale.train.VaeObjective;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an autoencoder from scratch. */
@Command(
        name = "vae",
        description = "Trains an AutoencoderKL of a config.json on infrared images.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer =
                "  irscale train vae --config vae/config.json --data train --validation val --window 128 --out run/vae")
final class TrainVaeCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "Sizes: diffusers' config.json.")
    private Path config = Path.of("");

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Option(
            names = "--absolute",
            defaultValue = "1",
            description = "Weight of the absolute error; default: ${DEFAULT-VALUE}.")
    private float absolute;

    @Option(
            names = "--square",
            defaultValue = "5",
            description = "Weight of the squared error; default: ${DEFAULT-VALUE}.")
    private float square;

    @Option(
            names = "--edges",
            defaultValue = "1",
            description = "Weight of the error of edges; default: ${DEFAULT-VALUE}.")
    private float edges;

    @Option(names = "--kl", defaultValue = "1e-4", description = "Weight of the divergence; default: ${DEFAULT-VALUE}.")
    private double kl;

    @Option(
            names = "--objects",
            defaultValue = "4",
            description = "How much more pixels in annotated objects count; default: ${DEFAULT-VALUE}.")
    private float objects;

    TrainVaeCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        VaeObjective.Settings settings = new VaeObjective.Settings(
                run.batch(), new Loss.Reconstruction(square, absolute, edges), kl, objects, run.seed());
        run.loadLibtorch();
        boolean done = run.run(
                spec.commandLine().getErr(),
                interruption,
                "vae of " + images.description() + ", " + settings,
                () -> new VaeObjective(
                        config,
                        images.training(spec.commandLine().getErr()),
                        images.validation(spec.commandLine().getErr()),
                        settings,
                        run.device(),
                        run.dtype()));
        return done ? ExitCode.OK : ExitCode.INTERRUPTED;
    }
}
