package io.irscale.cli.evaluate;

import io.irscale.Diagnostics;
import io.irscale.cli.Attribute;
import io.irscale.cli.Converters;
import io.irscale.cli.ExitCode;
import io.irscale.cli.ImageSet;
import io.irscale.cli.Interruption;
import io.irscale.cli.OneLine;
import io.irscale.cli.OutputFolder;
import io.irscale.cli.ProgressView;
import io.irscale.cli.RangeOption;
import io.irscale.cli.Version;
import io.irscale.data.image.RangeChoice;
import io.irscale.error.InvalidInputException;
import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.RowMean;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures generated images. */
@Command(
        name = "evaluate",
        description = {
            "Measures how far generated images are from real ones, and how well they fit their prompts: Fréchet and kernel"
                    + " distance, precision, recall, density, coverage, CMMD and CLIP score, with bootstrap intervals.",
            "",
            "Distances depend on the number of images: all arms are brought to equal counts, and only distances to the same"
                    + " real images can be compared. Writes metrics.json."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  irscale evaluate --real kaist/test --generated before=out#unsearched --generated after=out#svdd \\",
            "    --compare before,after --encoder inception=pt_inception-2015-12-05-6726825d.pth \\",
            "    --encoder dinov2=dinov2-large --clip untouched=clip-vit-large-patch14 --clip tuned=clip-ir \\",
            "    --cache statistics --device cuda --out metrics"
        })
public final class EvaluateCommand implements Callable<Integer> {
    private static final double CONFIDENCE = 0.95;

    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--real",
            required = true,
            paramLabel = "PATH",
            description =
                    "Real images: a folder in any layout that irscale reads, statistics that --cache kept, or those"
                            + " of pytorch-fid or clean-fid in a .npz.")
    private Path real = Path.of("");

    @Option(
            names = "--generated",
            required = true,
            paramLabel = "[NAME=]DIR[#WHICH]",
            description = {
                "Generated images, an arm of the comparison; may be given several times. WHICH of a run of irscale: all"
                        + " or best (generate), the name of a strategy, best, unsearched or all (search).",
                "Default: all of generate, the winners of a search."
            })
    private List<String> generated = List.of();

    @Option(
            names = "--compare",
            paramLabel = "BEFORE,AFTER",
            split = ",",
            description = "Two arms whose change is told with its interval; paired where their prompts are the same.")
    private List<String> compare = List.of();

    @Mixin
    private EncoderOptions encoders = new EncoderOptions();

    @Option(
            names = "--metrics",
            paramLabel = "METRIC",
            split = ",",
            description = "Of fd, kid, prdc and cmmd (with CLIP alone). Default: all.")
    private List<String> metrics = List.of();

    @Option(
            names = "--real-only",
            paramLabel = "ATTRIBUTE=VALUE",
            description = "Take the real images alone that have it, such as split=test or time=night.")
    private Optional<String> realOnly = Optional.empty();

    @Mixin
    private RangeOption range = new RangeOption();

    @Option(names = "--count", paramLabel = "N", description = "Images an arm. Default: as many as the smallest has.")
    private Optional<Integer> count = Optional.empty();

    @Option(names = "--real-count", paramLabel = "N", description = "Real images. Default: all.")
    private Optional<Integer> realCount = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = Converters.OfSeed.class,
            defaultValue = "0",
            description = "Draws images and the bootstrap. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--draws",
            paramLabel = "N",
            defaultValue = "200",
            description = "Bootstrap draws; 1000 are usual for a paper, and slow for Fréchet distances of thousands of"
                    + " images. Default: ${DEFAULT-VALUE}.")
    private int draws = 200;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Folder of the real images' statistics: kept there, and used again for the same images,"
                    + " network and preprocessing.")
    private Optional<Path> cache = Optional.empty();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to; made if need be.")
    private Path out = Path.of("");

    @Option(names = "--overwrite", description = "Replace metrics.json of an earlier run.")
    private boolean overwrite;

    /** {@code interruption} ends it at the next batch or draw. */
    public EvaluateCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        EvaluatePlan plan = plan();
        PrintWriter err = spec.commandLine().getErr();
        plan.mismatches().forEach(text -> err.println("irscale: warning: " + OneLine.of(text)));
        try (OutputFolder folder = OutputFolder.open(out, name -> false, List.of(MetricsJson.FILE), overwrite)) {
            String torch = Diagnostics.torch(encoders.libtorch()).version();
            Results results = measure(plan, err);
            Path file = folder.file(MetricsJson.FILE);
            new MetricsJson(plan, torch).write(file, results);
            PrintWriter terminal = spec.commandLine().getOut();
            new MetricTable(plan).print(terminal, results);
            terminal.println(OneLine.of("metrics: " + file));
            terminal.flush();
        }
        return ExitCode.OK;
    }

    private Results measure(EvaluatePlan plan, PrintWriter err) {
        List<Encoded> encoded = new ArrayList<>();
        Map<String, Map<String, RowMean>> scores = new LinkedHashMap<>();
        try (ProgressView progress = ProgressView.ofImages(err, plan.looks())) {
            if (plan.reference() instanceof Reference.Npz npz) {
                progress.note(npz.statistics().description());
            }
            Encoding encoding = new Encoding(plan, progress, interruption);
            plan.encoders().forEach(each -> encoded.add(encoding.encode(each)));
            plan.clips().forEach((name, clip) -> scores.put(name, encoding.score(clip)));
        }
        try (ProgressView progress = ProgressView.ofDraws(err, plan.draws())) {
            Measuring measuring = new Measuring(plan, progress, interruption);
            List<Results.OfEncoder> ofEncoders = encoded.stream()
                    .map(one -> new Results.OfEncoder(one, measuring.rows(one)))
                    .toList();
            List<Results.OfClip> ofClips = plan.clips().entrySet().stream()
                    .map(clip -> new Results.OfClip(
                            clip.getKey(),
                            clip.getValue(),
                            measuring.row("clip_score", scores.getOrDefault(clip.getKey(), Map.of()))))
                    .toList();
            return new Results(ofEncoders, ofClips);
        }
    }

    private EvaluatePlan plan() {
        PrintWriter err = spec.commandLine().getErr();
        Reference reference = Reference.open(
                real,
                realCount.isPresent() ? OptionalInt.of(realCount.get()) : OptionalInt.empty(),
                seed,
                realOnly.map(text -> Attribute.parse("--real-only", text)),
                range.choice(),
                err);
        List<Arm> arms = arms(err, reference.choice().or(range::choice));
        return new EvaluatePlan(
                reference,
                arms,
                compared(arms),
                encoders.encoders(),
                encoders.clips(),
                metrics(reference),
                new Bootstrap(draws, CONFIDENCE, seed),
                cache,
                encoders.setting(),
                encoders.batch());
    }

    private List<Arm> arms(PrintWriter err, Optional<RangeChoice> choice) {
        List<Arm> read =
                generated.stream().map(text -> ArmReader.read(text, err)).toList();
        List<String> names = read.stream().map(Arm::name).toList();
        names.stream()
                .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidInputException(
                            "--generated: the name %s is taken twice; give another, such as other=DIR".formatted(name));
                });
        int least = read.stream().mapToInt(arm -> arm.images().size()).min().orElseThrow();
        return read.stream()
                .map(arm -> arm.draw(count.orElse(least), seed))
                .map(arm -> arm.scaled(images -> ImageSet.scaling(arm.source(), choice, images, err)))
                .toList();
    }

    private Optional<EvaluatePlan.Pair> compared(List<Arm> arms) {
        if (compare.isEmpty()) {
            return Optional.empty();
        }
        if (compare.size() != 2 || compare.getFirst().equals(compare.getLast())) {
            throw new InvalidInputException(
                    "--compare %s: expected two different arms, BEFORE,AFTER".formatted(String.join(",", compare)));
        }
        return Optional.of(new EvaluatePlan.Pair(arm(arms, compare.getFirst()), arm(arms, compare.getLast())));
    }

    private static Arm arm(List<Arm> arms, String name) {
        return arms.stream()
                .filter(arm -> arm.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("--compare %s: there is no such arm, expected one of %s"
                        .formatted(
                                name,
                                String.join(", ", arms.stream().map(Arm::name).toList()))));
    }

    private Set<Metric> metrics(Reference reference) {
        Set<Metric> possible = EnumSet.allOf(Metric.class);
        if (reference instanceof Reference.Npz npz && npz.statistics().images().isEmpty()) {
            possible.removeIf(metric -> !metric.isOfMoments());
        }
        if (metrics.isEmpty()) {
            return possible;
        }
        Set<Metric> chosen = EnumSet.noneOf(Metric.class);
        for (String name : metrics) {
            chosen.add(Stream.of(Metric.values())
                    .filter(metric -> metric.label().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new InvalidInputException(
                            "--metrics %s: expected some of fd, kid, prdc and cmmd".formatted(name))));
        }
        chosen.stream().filter(metric -> !possible.contains(metric)).findFirst().ifPresent(metric -> {
            throw new InvalidInputException(
                    "--metrics %s: %s holds mu and sigma, which are enough for fd alone; expected --metrics fd, or images"
                                    .formatted(metric.label(), real)
                            + " or feats for --real");
        });
        return chosen;
    }
}
