package io.irscale.cli.train;

import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.Version;
import io.irscale.decode.Vae;
import io.irscale.train.FlowData;
import io.irscale.train.LoraObjective;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a LoRA of a transformer. */
@Command(
        name = "lora",
        description = "Trains a LoRA of a FLUX transformer on a small sample of infrared images.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer =
                "  irscale train lora --model FLUX.1-dev --data night --validation val --size 512 --rank 16 --out run/lora")
final class TrainLoraCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FlowOptions flow = new FlowOptions();

    @Option(names = "--rank", defaultValue = "16", description = "Rank; default: ${DEFAULT-VALUE}.")
    private int rank;

    @Option(names = "--alpha", defaultValue = "16", description = "Scale times rank; default: ${DEFAULT-VALUE}.")
    private double alpha;

    @Option(
            names = "--targets",
            defaultValue = LoraObjective.Form.BLOCKS,
            paramLabel = "REGEX",
            description = "Layers to adapt, by their names in diffusers; default: attention and MLPs of all blocks.")
    private Pattern targets = Pattern.compile(LoraObjective.Form.BLOCKS);

    @Option(
            names = "--dropout",
            defaultValue = "0",
            description = "Of the branches' inputs; default: ${DEFAULT-VALUE}.")
    private float dropout;

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    TrainLoraCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        FlowData.Settings settings = flow.settings(run);
        LoraObjective.Form form = new LoraObjective.Form(rank, alpha, targets, dropout);
        run.loadLibtorch();
        try (Vae vae = flow.openVae(run)) {
            boolean done = run.run(
                    spec.commandLine().getErr(),
                    interruption,
                    "%s of %s".formatted(form, flow.description(run, images)),
                    () -> new LoraObjective(
                            flow.model(),
                            flow.t5Length(),
                            form,
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
