package io.irscale.cli.train;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.LoraMode;
import io.irscale.ModelDefaults;
import io.irscale.cli.Converters;
import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.cli.Version;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraSpec;
import io.irscale.train.ImageWindows;
import io.irscale.train.PreviewObjective;
import io.irscale.train.PreviewSet;
import io.irscale.train.PreviewSets;
import io.irscale.train.TrainedClip;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a verifier noise-aware. */
@Command(
        name = "previews",
        description =
                "Tunes a verifier on a generator's previews, so that pruning can tell early which image will be best"
                        + " (TTSnap, arXiv 2511.22242): LoRAs of its image tower, saved merged and by themselves.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer =
                "  irscale train previews --start run/clip/clip --model pipeline --data train --validation val --window 128 --out run/aware")
final class TrainPreviewsCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--start", required = true, paramLabel = "DIR", description = "CLIPModel of transformers.")
    private Path clip = Path.of("");

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Pipeline whose previews it shall judge.")
    private Path model = Path.of("");

    @Option(
            names = "--lora",
            paramLabel = "FILE[:SCALE]",
            description = "LoRA of the pipeline; may be given several times.")
    private List<String> loras = List.of();

    @Option(
            names = "--true-cfg",
            paramLabel = "SCALE",
            description = "True classifier-free guidance of the images; default: as the model wants it.")
    private Optional<Float> trueCfg = Optional.empty();

    @Option(
            names = "--prompts",
            defaultValue = "512",
            paramLabel = "N",
            description = "Images to learn from, of captions of training images; default: ${DEFAULT-VALUE}.")
    private int prompts;

    @Option(
            names = "--lora-rank",
            defaultValue = "16",
            description = "Of the verifier's LoRAs; default: ${DEFAULT-VALUE}.")
    private int rank;

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    TrainPreviewsCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        if (prompts < 1) {
            throw new InvalidInputException("--prompts is %d, expected at least 1".formatted(prompts));
        }
        run.loadLibtorch();
        PreviewObjective.Settings settings = new PreviewObjective.Settings(run.batch(), run.seed());
        String source = "%s in %s, loras %s, true cfg %s, of %s, validated on %s, %d prompts, seed %d"
                .formatted(
                        model,
                        run.dtype(),
                        loras,
                        trueCfg,
                        images.description(),
                        images.validated(),
                        prompts,
                        Converters.seed(run.seed()));
        boolean done = run.run(
                spec.commandLine().getErr(),
                interruption,
                "previews %s, rank %d, of %s, %s".formatted(clip, rank, source, settings),
                () -> {
                    ImageWindows training = images.training(spec.commandLine().getErr());
                    return new PreviewObjective(
                            TrainedClip.imageLora(clip, rank, run.seed(), run.device(), run.dtype()),
                            PreviewSets.of(
                                    run.folder(),
                                    source,
                                    training,
                                    images.validation(spec.commandLine().getErr()),
                                    prompts,
                                    this::draw),
                            training,
                            settings);
                });
        return done ? ExitCode.OK : ExitCode.INTERRUPTED;
    }

    private PreviewSet draw(List<String> captions, int each) {
        ModelDefaults defaults = ModelDefaults.of(model);
        GenerateRequest plain = defaults.request(captions.getFirst()).withSize(images.size(), images.size());
        GenerateRequest like =
                trueCfg.map(scale -> plain.withTrueCfg(scale, "")).orElse(plain);
        EngineOptions options =
                EngineOptions.of(model).withVerifier(clip).on(run.device()).in(run.dtype());
        PrintWriter err = spec.commandLine().getErr();
        try (Engine engine =
                        Engine.open(run.libtorch().map(options::withLibtorch).orElse(options));
                ProgressView progress = ProgressView.ofImages(err, 0)) {
            engine.warnings().forEach(progress::warn);
            engine.loras(loras.stream().map(LoraSpec::parse).toList(), LoraMode.MERGED, true);
            return PreviewSet.draw(engine, like, captions, each, drawn -> progress.reached(drawn, Double.NaN));
        }
    }
}
