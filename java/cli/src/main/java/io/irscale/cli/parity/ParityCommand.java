package io.irscale.cli.parity;

import io.irscale.Diagnostics;
import io.irscale.EngineOptions;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Device;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code irscale parity}: compares irscale with every golden of a folder. */
@Command(
        name = "parity",
        description = {
            "Compares every number of a golden folder with what irscale computes here.",
            "",
            "Prints each tensor's error, its tolerance and the verdict. max is the largest difference over the largest"
                    + " golden value, L2 the same of the norms, 8-bit the largest difference over 255."
        },
        footerHeading = "%nExample:%n",
        footer = "  irscale parity goldens/dev --tokenizers tokenizers")
public final class ParityCommand implements Callable<Integer> {
    private static final int PASSED = 0;
    private static final int FAILED = 1;

    @Parameters(paramLabel = "DIR", description = "Folder with manifest.json, pipeline/ and the goldens.")
    private Path folder = Path.of("");

    @Option(
            names = "--tokenizers",
            paramLabel = "DIR",
            description = "Tokenizers; default: the pipeline's own, or tokenizers/ beside the folder that DIR is in.")
    private Optional<Path> tokenizers = Optional.empty();

    @Option(
            names = "--libtorch",
            paramLabel = "DIR",
            description = "PyTorch or libtorch instead of the one that came along.")
    private Optional<Path> libtorch = Optional.empty();

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N; default: ${DEFAULT-VALUE}.")
    private String device = "cpu";

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the table there, as JSON.")
    private Optional<Path> json = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try (GoldenFolder goldens = new GoldenFolder(folder)) {
            EngineOptions options = options();
            Report report = Parity.run(goldens, options);
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "%s on %s, libtorch %s%n",
                    folder,
                    options.device(),
                    Diagnostics.torch(options.libtorch()).version());
            ParityTable.print(report, out);
            json.ifPresent(file -> ParityJson.write(file, folder, report));
            return report.passed() ? PASSED : FAILED;
        }
    }

    private EngineOptions options() {
        EngineOptions options = EngineOptions.of(folder.resolve("pipeline")).on(Device.parse(device));
        EngineOptions placed = libtorch.map(options::withLibtorch).orElse(options);
        return foundTokenizers().map(placed::withTokenizers).orElse(placed);
    }

    /** Golden pipelines come without tokenizers, which lie beside the folder of all sets. */
    private Optional<Path> foundTokenizers() {
        if (tokenizers.isPresent() || Files.isDirectory(folder.resolve("pipeline/tokenizer"))) {
            return tokenizers;
        }
        Path beside = folder.toAbsolutePath().resolve("../../tokenizers").normalize();
        if (!Files.isDirectory(beside)) {
            throw new InvalidInputException(
                    folder.resolve("pipeline") + " has no tokenizers: name their folder with --tokenizers");
        }
        return Optional.of(beside);
    }
}
