package io.irscale.cli.train;

import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.Version;
import io.irscale.decode.Vae;
import io.irscale.train.FlowData;
import io.irscale.train.FluxObjective;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains all of a transformer with its text encoders. */
@Command(
        name = "flux",
        description =
                "Trains a FLUX transformer and its text encoders; models whose folder holds no weights start from scratch.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  irscale train flux --model pipeline --data train --validation val --window 128 --out run/flux")
final class TrainFluxCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FlowOptions flow = new FlowOptions();

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    TrainFluxCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        FlowData.Settings settings = flow.settings(run);
        run.loadLibtorch();
        try (Vae vae = flow.openVae(run)) {
            boolean done = run.run(
                    spec.commandLine().getErr(),
                    interruption,
                    "flux of " + flow.description(run, images),
                    () -> new FluxObjective(
                            flow.model(),
                            flow.t5Length(),
                            settings,
                            vae,
                            flow.training(spec.commandLine().getErr(), run, images, vae),
                            flow.validation(spec.commandLine().getErr(), run, images, vae),
                            run.device(),
                            run.dtype()));
            return done ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
    }
}
