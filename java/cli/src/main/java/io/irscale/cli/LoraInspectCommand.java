package io.irscale.cli;

import io.irscale.lora.LoraFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a LoRA would change. */
@Command(
        name = "inspect",
        description = "Shows a LoRA's format, ranks, scales, targets, unmatched keys, and how much it changes where.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  irscale lora inspect infrared.safetensors --plot norms.png")
final class LoraInspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The LoRA.")
    private Path file = Path.of("");

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Pipeline that it is for, of which no weights are read; default: FLUX.1-dev's sizes.")
    private Optional<Path> model = Optional.empty();

    @Option(names = "--plot", paramLabel = "FILE.png", description = "Also draw the norms by block there.")
    private Optional<Path> plot = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE", description = "Also write all of it there, and each layer's norm.")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        LoraLayers layers = LoraLayers.of(model);
        try (LoraFile opened = LoraFile.open(file)) {
            LoraInspection inspection = LoraInspection.of(layers.match(opened, false), layers);
            plot.ifPresent(path -> LoraChart.write(path, inspection));
            json.ifPresent(path -> LoraJson.write(path, inspection));
            new LoraTable(spec.commandLine().getOut(), inspection).print();
        }
        return ExitCode.OK;
    }
}
