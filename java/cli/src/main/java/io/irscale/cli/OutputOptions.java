package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.decode.CountRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** Where the images go, and as what. */
public final class OutputOptions {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to; made if need be.")
    private Path out = Path.of("");

    @Option(
            names = "--overwrite",
            description = "Replace files of an earlier run. Without it those of a finished one are an error, and an"
                    + " unfinished one of the same command goes on after its last finished prompt.")
    private boolean overwrite;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Converters.OfPixelFormat.class,
            defaultValue = "rgb8",
            description = "PNG pixels: rgb8, grey8 or grey16, straight from the decoder. Default: ${DEFAULT-VALUE}.")
    private PixelFormat format = PixelFormat.RGB8;

    @Option(
            names = "--range",
            paramLabel = "MIN..MAX",
            converter = Converters.OfCountRange.class,
            description = {
                "Counts that black and white stand for: grey16 images hold them where they are whole numbers of 16 bits.",
                "Default: those that the LoRA or the transformer was trained on; without such, grey16 holds 0..65535."
            })
    private Optional<CountRange> range = Optional.empty();

    /** A run that writes such images; their counts are those chosen, or known of the models. */
    public RunSetup setup(
            EngineOptions options,
            LoraSet loras,
            OutputFolder folder,
            ProgressView progress,
            Interruption interruption) {
        Optional<CountRange> counts = range.or(() -> TrainedRange.of(options, loras.files(), progress::warn));
        return new RunSetup(options, loras, format, counts, folder, progress, interruption);
    }

    /** Makes the folder; see {@link OutputFolder#open}. */
    public OutputFolder open(Predicate<String> ours, List<String> reports) {
        return OutputFolder.open(out, ours, reports, overwrite);
    }
}
