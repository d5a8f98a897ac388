package io.irscale.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** Where the images go, and as what. */
public final class OutputOptions {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to; made if need be.")
    private Path out = Path.of("");

    @Option(names = "--overwrite", description = "Replace files of an earlier run; without it they are an error.")
    private boolean overwrite;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = Converters.OfPixelFormat.class,
            defaultValue = "rgb8",
            description = "PNG pixels: rgb8, grey8 or grey16, straight from the decoder. Default: ${DEFAULT-VALUE}.")
    private PixelFormat format = PixelFormat.RGB8;

    /** Makes the folder; see {@link OutputFolder#open}. */
    public OutputFolder open(Predicate<String> ours, List<String> reports) {
        return OutputFolder.open(out, ours, reports, overwrite);
    }

    /** What a pixel is. */
    public PixelFormat format() {
        return format;
    }
}
