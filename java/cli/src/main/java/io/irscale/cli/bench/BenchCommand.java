package io.irscale.cli.bench;

import io.irscale.Diagnostics;
import io.irscale.ModelDefaults;
import io.irscale.cli.ApproximationOptions;
import io.irscale.cli.Converters;
import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.ModelOptions;
import io.irscale.cli.ProgressView;
import io.irscale.cli.TorchOptions;
import io.irscale.cli.Version;
import io.irscale.denoise.Approximation;
import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model's speed and memory. */
@Command(
        name = "bench",
        description = {
            "Measures latency, throughput and memory by size and batch: a prompt's text and plan, denoising steps, decoding and"
                    + " the verifier's score, and how near a step comes to the fastest matrix multiplication here.",
            "",
            "Speed needs no trained weights: --shape makes a model's sizes with random ones. Writes bench.json and bench.png."
                    + " With --fp8 and --reuse all steps of an image are run with that tier and without it, in turns."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  irscale bench --batch 1,4,16",
            "  irscale bench --dtype bf16 --reuse 0.1",
            "  irscale bench --shape flux-dev --device cuda --size 512,1024 --batch 1,8 --out run/bench"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int MATMUL_CPU = 1024;
    private static final int MATMUL_CUDA = 8192;

    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "FLUX.1 pipeline in the diffusers layout, scored by the verifier that its irscale.json names."
                    + " Default: the demo model.")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--shape",
            paramLabel = "SHAPE",
            description =
                    "Random weights instead: medium (71 M parameters, the transformer alone) or flux-dev (FLUX.1-dev"
                            + " with T5-XXL, VAE and CLIP L/14; 33 GB in bf16).")
    private Optional<String> shape = Optional.empty();

    @Option(
            names = "--size",
            split = ",",
            paramLabel = "PIXELS",
            description = "Edges of square images; default: the model's, 256 with --shape medium, 512 with flux-dev.")
    private List<Integer> sizes = List.of();

    @Option(names = "--batch", split = ",", paramLabel = "N", description = "Images at a time; default: 1,4.")
    private List<Integer> batches = List.of(1, 4);

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Denoising steps of an image; default: the model's, else 28.")
    private Optional<Integer> steps = Optional.empty();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = Converters.OfDType.class,
            description = "fp32 or bf16; default: fp32 on cpu, bf16 on cuda.")
    private Optional<DType> dtype = Optional.empty();

    @Option(
            names = "--runs",
            defaultValue = "10",
            paramLabel = "N",
            description = "Runs of each stage, after two that do not count; default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for bench.json and bench.png; default: none.")
    private Optional<Path> out = Optional.empty();

    @Mixin
    private ApproximationOptions approximation = new ApproximationOptions();

    @Mixin
    private TorchOptions torch = new TorchOptions();

    /** {@code interruption} ends it between two runs. */
    public BenchCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        Optional<Shape> random = shape.map(Shape::parse);
        if (random.isPresent() && model.isPresent()) {
            throw new InvalidInputException("--model and --shape exclude each other");
        }
        requirePositive("--runs", List.of(runs));
        requirePositive("--batch", batches);
        requirePositive("--steps", steps.stream().toList());
        requirePositive("--size", sizes);
        out.ifPresent(AtomicFile::makeFolder);
        Device device = torch.device();
        DType type = dtype.orElse(device.equals(Device.CPU) ? DType.F32 : DType.BF16);
        Approximation lossy = approximation.chosen();
        if (lossy.fp8() && type != DType.BF16) {
            throw new InvalidInputException("--fp8 needs --dtype bf16");
        }
        Diagnostics.Torch library = Diagnostics.torch(torch.libtorch());
        ModelDefaults defaults = random.isPresent() ? ModelDefaults.FLUX_DEV : ModelDefaults.of(folder());
        List<Workload> workloads = workloads(random, defaults);
        PrintWriter err = spec.commandLine().getErr();
        List<Timings> measured = new ArrayList<>();
        double ceiling;
        List<Double> merge;
        try (ProgressView progress = ProgressView.ofForwards(err, Bench.forwards(workloads.size(), runs));
                BenchModels models = progress.loading("models", () -> open(random, defaults, device, type))) {
            ceiling = Diagnostics.matmulRate(device, type, device.equals(Device.CPU) ? MATMUL_CPU : MATMUL_CUDA);
            int textTokens = random.map(Shape::textTokens).orElse(defaults.maxSequenceLength());
            Bench bench = new Bench(models, textTokens, runs, lossy, progress, interruption);
            workloads.forEach(workload -> measured.add(bench.run(workload)));
            merge = bench.merge();
        }
        BenchReport report = new BenchReport(
                random.map(Shape::name).orElseGet(() -> folder().toString()),
                "libtorch %s, %d threads".formatted(library.version(), library.threads()),
                device,
                type,
                ceiling,
                merge,
                measured);
        report.print(spec.commandLine().getOut());
        out.ifPresent(report::write);
        return ExitCode.OK;
    }

    private List<Workload> workloads(Optional<Shape> random, ModelDefaults defaults) {
        List<Integer> edges = sizes.isEmpty() ? List.of(random.map(Shape::size).orElse(defaults.height())) : sizes;
        int count = steps.orElse(defaults.steps());
        return edges.stream()
                .flatMap(size -> batches.stream().map(batch -> new Workload(size, batch, count)))
                .toList();
    }

    private BenchModels open(Optional<Shape> random, ModelDefaults defaults, Device device, DType type) {
        return random.isPresent()
                ? new BenchModels(random.get(), device, type)
                : new BenchModels(folder(), defaults.verifier(), device, type);
    }

    private Path folder() {
        return ModelOptions.orDemo(model);
    }

    private static void requirePositive(String option, List<Integer> values) {
        values.stream().filter(value -> value < 1).findFirst().ifPresent(value -> {
            throw new InvalidInputException("%s: %d, expected 1 or more".formatted(option, value));
        });
    }
}
