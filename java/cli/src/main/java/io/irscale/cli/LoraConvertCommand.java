package io.irscale.cli;

import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.Lora;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraWriter;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a LoRA in diffusers' format. */
@Command(
        name = "convert",
        description = {
            "Writes a LoRA of any published format in the format of diffusers.",
            "",
            "Factors keep their bytes; alphas go into the header, which diffusers reads from 0.35 on. LoKr, LoHa,",
            "differences and DoRA by columns have no place in that format and are refused: merge those."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  irscale lora convert kohya.safetensors --out diffusers.safetensors")
final class LoraConvertCommand implements Callable<Integer> {
    private static final String SUFFIX = ".safetensors";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The LoRA.")
    private Path file = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The new file, *.safetensors.")
    private Path out = Path.of("");

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Pipeline that it is for; default: FLUX.1-dev's sizes.")
    private Optional<Path> model = Optional.empty();

    @Option(names = "--strict", description = "Make keys without effect an error; else they are left out and told.")
    private boolean strict;

    @Override
    public Integer call() {
        if (!out.toString().endsWith(SUFFIX)) {
            throw new InvalidInputException("--out " + out + ": is not named *" + SUFFIX);
        }
        if (Files.exists(out)) {
            throw new InvalidInputException("--out " + out + ": is there already");
        }
        try (LoraFile opened = LoraFile.open(file)) {
            Lora lora = LoraLayers.of(model).match(opened, strict);
            lora.updates().forEach(Factors::requireFinite);
            LoraWriter.write(
                    out,
                    lora,
                    TrainedRange.ofLora(file)
                            .map(range -> Map.of(CountRange.KEY, range.toString()))
                            .orElseGet(Map::of));
            tell(lora);
        }
        return ExitCode.OK;
    }

    private void tell(Lora lora) {
        PrintWriter err = spec.commandLine().getErr();
        LoraKeys.complaint(lora.match()).ifPresent(text -> err.println("irscale: " + OneLine.of(file + ": " + text)));
        err.flush();
        PrintWriter stdout = spec.commandLine().getOut();
        stdout.println(OneLine.of("%s: %d layers, from %s to diffusers format"
                .formatted(out, lora.updates().size(), lora.format().title())));
        stdout.flush();
    }
}
