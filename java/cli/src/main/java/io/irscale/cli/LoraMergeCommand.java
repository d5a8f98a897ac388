package io.irscale.cli;

import io.irscale.Diagnostics;
import io.irscale.ModelFiles;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraSpec;
import io.irscale.lora.LoraTarget;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a pipeline with LoRAs in its weights. */
@Command(
        name = "merge",
        description = {
            "Writes a copy of a pipeline with LoRAs merged into its weights, in the diffusers layout.",
            "",
            "Weights keep their dtype. Files beside the models' folders are copied too, but for *.safetensors."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  irscale lora merge --model flux1-dev --lora infrared.safetensors:0.8 \\",
            "    --out flux1-infrared"
        })
final class LoraMergeCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "FLUX.1 pipeline in the diffusers layout.")
    private Path model = Path.of("");

    @Option(
            names = "--transformer",
            paramLabel = "PATH",
            description = "Another transformer: a diffusers folder or a flux1-*.safetensors.")
    private Optional<Path> transformer = Optional.empty();

    @Mixin
    private LoraOptions loras = new LoraOptions();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New or empty folder to write to.")
    private Path out = Path.of("");

    @Option(
            names = "--libtorch",
            paramLabel = "DIR",
            description = "PyTorch or libtorch folder to use; default: the one irscale brings.")
    private Optional<Path> libtorch = Optional.empty();

    /** {@code interruption} ends the work at the next layer. */
    LoraMergeCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        long start = System.nanoTime();
        List<LoraSpec> specs = checked();
        Diagnostics.torch(libtorch); // loads it
        ModelFiles own = ModelFiles.of(model);
        ModelFiles files = transformer.map(own::withTransformer).orElse(own);
        try (NewFolder folder = NewFolder.open(out, interruption);
                OpenLoras opened = OpenLoras.open(specs, LoraLayers.of(files), loras.strict())) {
            opened.complaints().forEach(this::complain);
            new LoraMerge(model, files.transformerPath(), opened, folder, interruption).run();
            folder.keep();
            tell(opened, System.nanoTime() - start);
        }
        return ExitCode.OK;
    }

    private List<LoraSpec> checked() {
        Stream.concat(Stream.of(model), transformer.stream())
                .filter(Files::notExists)
                .findFirst()
                .ifPresent(missing -> {
                    throw new InvalidInputException(missing + ": is not there");
                });
        List<LoraSpec> specs = loras.specs();
        if (specs.isEmpty()) {
            throw new InvalidInputException("no --lora FILE is given, expected at least one");
        }
        if (out.toAbsolutePath().normalize().startsWith(model.toAbsolutePath().normalize())) {
            throw new InvalidInputException("--out " + out + ": is inside of --model " + model);
        }
        return specs;
    }

    private void complain(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("irscale: " + OneLine.of(text));
        err.flush();
    }

    private void tell(OpenLoras opened, long nanos) {
        PrintWriter stdout = spec.commandLine().getOut();
        stdout.println(OneLine.of("%s: %d layers of the transformer and %d of CLIP changed (%s)"
                .formatted(
                        out,
                        opened.modules(LoraTarget.TRANSFORMER).size(),
                        opened.modules(LoraTarget.CLIP).size(),
                        Durations.text(nanos))));
        stdout.flush();
    }
}
