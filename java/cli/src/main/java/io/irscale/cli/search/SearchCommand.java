package io.irscale.cli.search;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.cli.DrawnLoraOptions;
import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.LoraSet;
import io.irscale.cli.ModelOptions;
import io.irscale.cli.OutputFolder;
import io.irscale.cli.OutputOptions;
import io.irscale.cli.ProgressView;
import io.irscale.cli.PromptOptions;
import io.irscale.cli.RunJson;
import io.irscale.cli.RunSetup;
import io.irscale.cli.SamplingOptions;
import io.irscale.cli.SizeCheck;
import io.irscale.cli.VerifierOptions;
import io.irscale.cli.Version;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Spends compute on better images. */
@Command(
        name = "search",
        description = {
            "Searches for the images that the verifiers find best, and tells what the search has gained and cost.",
            "",
            "Writes every finished image as PNG, run.json, and report.html: curves, scores, trees, times, and how the"
                    + " winner does by verifiers that were held out."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  irscale search --model flux1-dev --verifier ir=clip-ir --held-out siglip2-base-patch16-224 \\",
            "    --prompt \"an infrared image of a pedestrian crossing a road at night\" \\",
            "    --strategy zero-order --set neighbours=8 --budget 400nfe --device cuda --out out",
            "",
            "  irscale search ... --compare random,zero-order,pruning --set random.candidates=12 --budget 5min",
            "  irscale search ... --strategy svdd --set kernel=ddim --set eta=0.3 --budget \"400nfe,score>=0.31\"",
            "  irscale search --list-strategies"
        })
public final class SearchCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PromptOptions prompts = new PromptOptions();

    @Mixin
    private StrategyOptions strategies = new StrategyOptions();

    // "help": nothing else is required beside it
    @Option(names = "--list-strategies", help = true, description = "Show all strategies with their settings.")
    private boolean list;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private VerifierOptions verifiers = new VerifierOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private MethodOptions method = new MethodOptions();

    @Mixin
    private DrawnLoraOptions loras = new DrawnLoraOptions();

    /** {@code interruption} ends a search at its next step. */
    public SearchCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        if (list) {
            StrategyTable.print(spec.commandLine().getOut());
            return ExitCode.OK;
        }
        List<GenerateRequest> requests = sampling.requests(prompts.read(), 1, model.defaults());
        int steps = requests.getFirst().steps();
        SearchPlan plan = new SearchPlan(
                requests,
                strategies.contenders(steps),
                strategies.budget(),
                method.grid(steps),
                method.guidance(verifiers.specs(model.defaults().verifier())),
                method.preview());
        EngineOptions options = model.engine(verifiers);
        SizeCheck.check(options, requests);
        plan.check(options);
        LoraSet set = loras.set(options);
        try (OutputFolder folder = output.open(
                        name -> SearchFiles.isImage(name, plan.strategies()),
                        List.of(RunJson.FILE, SearchFiles.REPORT));
                ProgressView progress = SearchProgress.view(spec.commandLine().getErr(), plan)) {
            RunSetup setup = output.setup(options, set, folder, progress, interruption);
            new SearchRunner(setup, plan).run(spec.commandLine().getOut());
        }
        return ExitCode.OK;
    }
}
