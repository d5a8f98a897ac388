package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;

/** Which of the FLUX.1 transformers one is, as far as its sizes tell. */
public final class FluxVariant {
    private static final String OTHER = "a FLUX transformer of other sizes";
    private static final int TEXT_CHANNELS = 64; // latents
    private static final int FILL_CHANNELS = 384; // latents, masked latents and mask
    private static final int CONTROL_CHANNELS = 128; // latents and the control image's

    private FluxVariant() {}

    /** Its name: of FLUX.1's own sizes, else "a FLUX transformer of other sizes". */
    public static String name(FluxConfig config) {
        if (!config.equals(sized(config.inChannels(), config.guidance()))) {
            return OTHER;
        }
        return switch (config.inChannels()) {
            case TEXT_CHANNELS -> config.guidance() ? "FLUX.1-dev, Kontext or Krea" : "FLUX.1-schnell";
            case FILL_CHANNELS -> "FLUX.1-Fill";
            case CONTROL_CHANNELS -> "FLUX.1-Canny or Depth";
            default -> OTHER;
        };
    }

    private static FluxConfig sized(int inChannels, boolean guidance) {
        FluxConfig dev = FluxConfig.DEV;
        return new FluxConfig(
                inChannels,
                dev.outChannels(),
                dev.layers(),
                dev.singleLayers(),
                dev.heads(),
                dev.headDim(),
                dev.jointDim(),
                dev.pooledDim(),
                guidance,
                dev.axes());
    }

    /**
     * Refuses a transformer that takes an image beside the noise: it has more channels in than out.
     *
     * @param path of the transformer, for the message
     * @throws InvalidInputException then, naming it by its sizes
     */
    public static void requireDrawsFromText(Path path, FluxConfig config) {
        if (config.inChannels() != config.outChannels()) {
            throw new InvalidInputException(
                    "%s: transformer (%s) has in_channels %d and out_channels %d, expected equal ones:"
                                    .formatted(path, name(config), config.inChannels(), config.outChannels())
                            + " Fill, Canny and Depth models need an image, and images are drawn from text alone");
        }
    }
}
