package io.irscale.cli.reproduce;

import io.irscale.cli.Attribute;
import io.irscale.cli.Converters;
import io.irscale.cli.ExitCode;
import io.irscale.cli.Interruption;
import io.irscale.cli.Named;
import io.irscale.cli.OneLine;
import io.irscale.cli.RangeOption;
import io.irscale.cli.TorchOptions;
import io.irscale.cli.Version;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.file.AtomicFile;
import io.irscale.file.FolderLock;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reproduces the paper's table. */
@Command(
        name = "reproduce",
        description = {
            "The experiment of arXiv 2511.07362 from end to end: adapts a generator to a target by a LoRA on few images, and"
                    + " a verifier on others; makes it noise-aware; draws images unguided, by best-of-N, zero-order search,"
                    + " pruning and steering with equal budgets, without and with the best classifier-free guidance; and has"
                    + " independent networks judge them.",
            "",
            "Writes reproduce.json, report.html and all images. Given again, it goes on where it was cut."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  irscale reproduce --base run/day/pipeline --verifier run/day-clip/clip --target time=night \\",
            "    --judge bench/reproduce/judge-conv --judge bench/reproduce/judge-vit \\",
            "    --data hit-uav/train --validation hit-uav/val --window 128 --out run/reproduce"
        })
public final class ReproduceCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--base",
            required = true,
            paramLabel = "DIR",
            description = "Pipeline in the diffusers layout that was not trained on the target.")
    private Path base = Path.of("");

    @Option(
            names = "--verifier",
            required = true,
            paramLabel = "DIR",
            description = "CLIPModel with its tokenizer that was not trained on the target.")
    private Path verifier = Path.of("");

    @Option(
            names = "--judge",
            required = true,
            paramLabel = "[NAME=]DIR",
            description =
                    "Classifier whose features judge (see train classifier); trained first where it has no weights."
                            + " Several may be given; the first also chooses the best guidance. Default name: the folder's.")
    private List<String> judges = List.of();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Training images, a dataset of any layout.")
    private Path data = Path.of("");

    @Option(
            names = "--validation",
            paramLabel = "DIR",
            description =
                    "Images to compare with. Default: the val or test part of --data, whose train part is trained on.")
    private Optional<Path> validation = Optional.empty();

    @Option(
            names = "--target",
            required = true,
            paramLabel = "ATTRIBUTE=VALUE",
            description = "The images that are adapted to, such as time=night.")
    private String target = "";

    @Mixin
    private RangeOption range = new RangeOption();

    @Option(
            names = "--window",
            defaultValue = "0",
            paramLabel = "PIXELS",
            description = "Edge of the square windows of a frame that are pictures; 0: whole frames, squashed; default:"
                    + " ${DEFAULT-VALUE}.")
    private int window;

    @Option(
            names = "--size",
            defaultValue = "64",
            paramLabel = "PIXELS",
            description = "Edge of a picture; default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--short",
            description = "A few steps and images of everything, to see that it works; the numbers mean nothing.")
    private boolean brief;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Images an arm, one a caption of the validation images; default: 256, or 8 with --short.")
    private Optional<Integer> images = Optional.empty();

    @Option(
            names = "--strategies",
            defaultValue = "zero-order,pruned,steered",
            paramLabel = "NAME,...",
            description = "Those compared besides best-of-N, or none; default: ${DEFAULT-VALUE}.")
    private String strategies = "";

    @Option(
            names = "--seed",
            converter = Converters.OfSeed.class,
            defaultValue = "1",
            description = "Of everything; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder of everything; made if need be.")
    private Path out = Path.of("");

    @Mixin
    private TorchOptions torch = new TorchOptions();

    /** {@code interruption} ends it at the next step. */
    public ReproduceCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        Recipe recipe = recipe();
        AtomicFile.makeFolder(out);
        TorchLibraries.open(torch.libtorch());
        List<Measured> measured;
        try (FolderLock _ = FolderLock.of(out)) {
            measured = new Reproduction(recipe, spec.commandLine().getErr(), interruption).run();
        }
        PrintWriter terminal = spec.commandLine().getOut();
        new ReproduceTable(measured).print(terminal);
        terminal.println("In brackets 95 %% intervals of %d bootstrap draws; %d images an arm. * excludes no change."
                .formatted(recipe.extent().draws(), recipe.extent().images()));
        terminal.println(OneLine.of("report: " + out.resolve(ReproduceReport.FILE)));
        terminal.flush();
        return ExitCode.OK;
    }

    private Recipe recipe() {
        return new Recipe(
                base,
                verifier,
                judges(),
                data,
                validation,
                Attribute.parse("--target", target),
                range.choice(),
                window,
                size,
                out,
                extent(),
                seed,
                torch.libtorch(),
                torch.device());
    }

    private Extent extent() {
        Extent usual = brief ? Extent.BRIEF : Extent.FULL;
        int count = images.orElse(usual.images());
        if (count <= Judging.NEIGHBOURS) {
            throw new InvalidInputException("--images: %d; at least %d, for precision and recall by %d neighbours"
                    .formatted(count, Judging.NEIGHBOURS + 1, Judging.NEIGHBOURS));
        }
        return usual.with(count, Compared.parse("--strategies", strategies));
    }

    private Map<String, Path> judges() {
        Map<String, Path> byName = new LinkedHashMap<>();
        for (String text : judges) {
            Named named = Named.parse(text);
            Path folder = Path.of(named.rest());
            String name = named.name().orElse(String.valueOf(folder.getFileName()));
            if (byName.put(name, folder) != null) {
                throw new InvalidInputException(
                        "--judge: the name %s is taken twice; give another, such as other=DIR".formatted(name));
            }
        }
        return byName;
    }
}
