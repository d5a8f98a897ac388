package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import java.util.List;
import java.util.concurrent.Callable;
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

    @Mixin
    private PromptOptions prompts = new PromptOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = "--candidates",
            paramLabel = "N",
            defaultValue = "1",
            description = "Images a prompt, from the seeds S, S + 1 and so on. Default: ${DEFAULT-VALUE}.")
    private int candidates;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private VerifierOptions verifiers = new VerifierOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private DrawnLoraOptions loras = new DrawnLoraOptions();

    /** {@code interruption} ends a run at its next step. */
    GenerateCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        List<GenerateRequest> requests = sampling.requests(prompts.read(), candidates, model.defaults());
        EngineOptions options = model.engine(verifiers);
        SizeCheck.check(options, requests);
        LoraSet set = loras.set(options);
        GenerateFiles files = new GenerateFiles(requests);
        long forwards = requests.stream().mapToLong(GenerateRequest::forwards).sum();
        try (OutputFolder folder = output.open(files::has, List.of(RunJson.FILE));
                ProgressView progress =
                        ProgressView.ofForwards(spec.commandLine().getErr(), forwards)) {
            RunSetup setup = output.setup(options, set, folder, progress, interruption);
            new GenerateRun(setup, requests, files).run(spec.commandLine().getOut());
        }
        return ExitCode.OK;
    }
}
