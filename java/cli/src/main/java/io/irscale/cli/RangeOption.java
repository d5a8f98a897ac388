package io.irscale.cli;

import io.irscale.data.image.RangeChoice;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which counts of infrared images are black and white. */
public final class RangeOption {
    @Option(
            names = "--range",
            paramLabel = "RANGE",
            converter = Converters.OfRange.class,
            description = {
                "Which counts of images of more than 8 bits, or floats, become black and white: MIN..MAX (7000..9000);"
                        + " percentile:LOW,HIGH of all images together (percentile:1,99); frame:LOW,HIGH of each image by"
                        + " itself. Of radiometric JPEGs the counts are read and not the picture.",
                "Default: images that fill their type are pictures; others are refused, with the range that was found."
            })
    private Optional<RangeChoice> range = Optional.empty();

    /** Empty for pictures. */
    public Optional<RangeChoice> choice() {
        return range;
    }
}
