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
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what files and folders are, from headers alone. */
@Command(
        name = "check",
        description = {
            "Says what a file or folder is, whether irscale can use it and for what, how much memory its weights take, and"
                    + " what is missing. Reads headers alone.",
            "",
            "Ends with 1 where something cannot be used."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer =
                "  irscale check FLUX.1-dev flux1-dev-Q4_K_S.gguf t5xxl_fp8_e4m3fn.safetensors infrared-lora.safetensors")
final class CheckCommand implements Callable<Integer> {
    private static final double GB = 1e9;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files and folders: models, pipelines, LoRAs.")
    private List<Path> paths = new ArrayList<>();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        boolean usable = true;
        for (Path path : paths) {
            for (Inspection found : Inspector.inspect(path)) {
                print(out, found);
                usable &= found.usable();
            }
        }
        out.flush();
        return usable ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private static void print(PrintWriter out, Inspection found) {
        String mark = found.usable() ? Ansi.AUTO.string("@|green ok|@ ") : Ansi.AUTO.string("@|bold,red no|@ ");
        out.println(mark + " " + OneLine.of(found.path() + ": " + found.what()));
        if (found.usable()) {
            line(out, "use", found.use());
        }
        if (found.values() > 0) {
            String stored = found.stored().entrySet().stream()
                    .map(entry -> entry.getKey() + " " + gigabytes(entry.getValue()))
                    .collect(Collectors.joining(", "));
            line(out, "stored", "%,d values: %s".formatted(found.values(), stored));
            line(out, "memory", "fp32 %s, bf16 %s".formatted(gigabytes(found.memory(4)), gigabytes(found.memory(2))));
        }
        found.notes().forEach(note -> line(out, "note", note));
        found.problems().forEach(problem -> line(out, "problem", problem));
    }

    private static void line(PrintWriter out, String label, String text) {
        out.println("    %-8s %s".formatted(label, OneLine.of(text)));
    }

    private static String gigabytes(long bytes) {
        double value = bytes / GB;
        return String.format(Locale.ROOT, value < 0.1 ? "%.1f MB" : "%.2f GB", value < 0.1 ? value * 1000 : value);
    }
}
