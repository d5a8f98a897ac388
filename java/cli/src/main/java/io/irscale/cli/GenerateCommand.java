package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.LoraMode;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Draws images for prompts, ranked where there is a verifier. */
@Command(
        name = "generate",
        description = {
            "Draws candidates for every prompt and ranks them by how well the verifier finds them to fit.",
            "",
            "Writes a PNG a candidate with its settings, a contact sheet sorted by score, and at last run.json."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  irscale generate --model flux1-dev --verifier clip-vit-large-patch14 \\",
            "    --prompt \"an infrared image of a pedestrian crossing a road at night\" \\",
            "    --candidates 8 --seed 1 --device cuda --out out"
        })
final class GenerateCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(multiplicity = "1")
    private PromptOptions prompts = new PromptOptions();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to; made if need be.")
    private Path out = Path.of("");

    @Option(names = "--overwrite", description = "Replace files of an earlier run; without it they are an error.")
    private boolean overwrite;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Converters.OfPixelFormat.class,
            defaultValue = "rgb8",
            description = "PNG pixels: rgb8, grey8 or grey16, straight from the decoder. Default: ${DEFAULT-VALUE}.")
    private PixelFormat format = PixelFormat.RGB8;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private VerifierOptions verifiers = new VerifierOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private LoraOptions loras = new LoraOptions();

    @Option(
            names = "--lora-mode",
            paramLabel = "MODE",
            converter = Converters.OfLoraMode.class,
            description = {
                "merged: into a second copy of the layers that LoRAs change, no cost a step;",
                "unmerged: beside the weights at run time, some cost a step. Default: merged."
            })
    private Optional<LoraMode> loraMode = Optional.empty();

    /** {@code interruption} ends a run at its next step. */
    GenerateCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        List<GenerateRequest> requests = sampling.requests(prompts.read());
        EngineOptions options = model.engine(verifiers);
        SizeCheck.check(options, requests);
        LoraSet set = loraSet(options);
        try (OutputFolder folder = OutputFolder.open(out, requests, overwrite);
                ProgressView progress =
                        new ProgressView(spec.commandLine().getErr(), requests, Terminal.isStandardError())) {
            new GenerateRun(options, set, requests, format, folder, progress, interruption)
                    .run(spec.commandLine().getOut());
        }
        return ExitCode.OK;
    }

    private LoraSet loraSet(EngineOptions options) {
        List<LoraSpec> specs = loras.specs();
        if (!specs.isEmpty()) {
            LoraLayers.of(options.model(), options.transformer()).check(specs, loras.strict());
        } else if (loraMode.isPresent()) {
            throw new InvalidInputException("--lora-mode has no effect without --lora FILE");
        }
        return new LoraSet(specs, loraMode.orElse(LoraMode.MERGED), loras.strict());
    }
}
