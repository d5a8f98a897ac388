package io.irscale.cli;

import io.irscale.inspect.Inspection;
import io.irscale.inspect.Inspector;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what files and folders are. */
@Command(
        name = "check",
        description = {
            "Says what a file or folder is, whether irscale can use it and for what, and what is missing: of models how much"
                    + " memory their weights take, from headers alone; of data sets layout, images, counts, captions, boxes,"
                    + " and what is left out and why.",
            "",
            "Ends with 1 where something cannot be used."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  irscale check FLUX.1-dev flux1-dev-Q4_K_S.gguf t5xxl_fp8_e4m3fn.safetensors infrared-lora.safetensors",
            "  irscale check kaist --captions"
        })
final class CheckCommand implements Callable<Integer> {
    private static final double GB = 1e9;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "Files and folders: models, pipelines, LoRAs, data sets.")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--captions", description = "Of data sets, print each image with the caption that training sees.")
    private boolean captions;

    @Mixin
    private RangeOption range = new RangeOption();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CheckLines lines = new CheckLines(out);
        DatasetCheck datasets = new DatasetCheck(
                lines, captions, range.choice(), spec.commandLine().getErr());
        boolean usable = true;
        for (Path path : paths) {
            if (DatasetCheck.fits(path)) {
                usable &= datasets.print(path);
                continue;
            }
            for (Inspection found : Inspector.inspect(path)) {
                print(lines, found);
                usable &= found.usable();
            }
        }
        out.flush();
        return usable ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private static void print(CheckLines lines, Inspection found) {
        lines.head(found.path(), found.usable(), found.what());
        if (found.usable()) {
            lines.line("use", found.use());
        }
        if (found.values() > 0) {
            String stored = found.stored().entrySet().stream()
                    .map(entry -> entry.getKey() + " " + gigabytes(entry.getValue()))
                    .collect(Collectors.joining(", "));
            lines.line("stored", "%,d values: %s".formatted(found.values(), stored));
            lines.line("memory", "fp32 %s, bf16 %s".formatted(gigabytes(found.memory(4)), gigabytes(found.memory(2))));
        }
        found.notes().forEach(note -> lines.line("note", note));
        found.problems().forEach(problem -> lines.line("problem", problem));
    }

    private static String gigabytes(long bytes) {
        double value = bytes / GB;
        return String.format(Locale.ROOT, value < 0.1 ? "%.1f MB" : "%.2f GB", value < 0.1 ? value * 1000 : value);
    }
}
