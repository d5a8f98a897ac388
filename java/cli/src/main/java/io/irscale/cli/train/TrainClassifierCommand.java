package io.irscale.cli.train;

import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.Version;
import io.irscale.decode.Vae;
import io.irscale.train.ClassifierObjective;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network whose features judge generated images. */
@Command(
        name = "classifier",
        description = {
            "Trains a classifier of infrared images, half of them through the generator's autoencoder; its features"
                    + " judge generated images (evaluate --encoder classifier=DIR).",
            "",
            "The folder to start from holds config.json of an AutoencoderKL (its encoder is used) or of a CLIPModel (its"
                    + " image tower), preprocessor_config.json, and labels.json: the classes of each label, which is an"
                    + " attribute of the images such as time, or a kind of object that is counted."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer =
                "  irscale train classifier --start bench/reproduce/judge-vit --vae pipeline/vae --data train --validation val --out run/judge")
final class TrainClassifierCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--start",
            required = true,
            paramLabel = "DIR",
            description = "Folder of the network and its labels; without weights it starts from scratch.")
    private Path start = Path.of("");

    @Option(
            names = "--vae",
            required = true,
            paramLabel = "DIR",
            description = "VAE of the generator, through which half of the images go.")
    private Path vae = Path.of("");

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    TrainClassifierCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        ClassifierObjective.Settings settings = new ClassifierObjective.Settings(run.batch(), run.seed());
        run.loadLibtorch();
        try (Vae open = Vae.open(vae, run.device(), run.dtype())) {
            boolean done = run.run(
                    spec.commandLine().getErr(),
                    interruption,
                    "classifier %s of %s, %s".formatted(start, images.description(), settings),
                    () -> new ClassifierObjective(
                            start,
                            open,
                            images.training(spec.commandLine().getErr()),
                            images.validation(spec.commandLine().getErr()),
                            settings,
                            run.device(),
                            run.dtype()));
            return done ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
    }
}
