package io.irscale.cli.bench;

import io.irscale.decode.VaeConfig;
import io.irscale.denoise.FluxConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.text.Activation;
import io.irscale.text.ClipConfig;
import io.irscale.text.T5Config;
import java.util.List;
import java.util.Optional;

/**
 * Sizes of a model whose speed is measured with random weights.
 *
 * @param name on the command line
 * @param flux the transformer's
 * @param textTokens of T5
 * @param size pixels of an image's edge where none is asked for
 * @param others what surrounds the transformer; empty: it is measured alone
 */
record Shape(String name, FluxConfig flux, int textTokens, int size, Optional<Others> others) {
    /** What surrounds a transformer. */
    record Others(ClipConfig clip, T5Config t5, VaeConfig vae, ClipConfig verifier) {}

    private static final ClipConfig.Tower TEXT = new ClipConfig.Tower(768, 12, 12, 3072, Activation.QUICK_GELU, 1e-5);
    private static final ClipConfig.Tower IMAGE = new ClipConfig.Tower(1024, 24, 16, 4096, Activation.QUICK_GELU, 1e-5);

    /** The transformer alone. */
    private static final Shape MEDIUM = new Shape("medium", FluxConfig.MEDIUM, 128, 256, Optional.empty());

    /** FLUX.1-dev with T5-XXL, its VAE, and CLIP L/14 for text and for scores (the published configurations). */
    private static final Shape FLUX_DEV = new Shape(
            "flux-dev",
            FluxConfig.DEV,
            512,
            512,
            Optional.of(new Others(
                    new ClipConfig(TEXT, 77, 49408, 2, Optional.empty(), 0, 0, 0, 0),
                    new T5Config(4096, 64, 64, 10240, 24, 32128, 32, 128, 1e-6),
                    new VaeConfig(3, 3, 16, List.of(128, 256, 512, 512), 2, 32, true, false, false, 0.3611, 0.1159),
                    new ClipConfig(TEXT, 77, 49408, 2, Optional.of(IMAGE), 224, 14, 3, 768))));

    static Shape parse(String text) {
        return List.of(MEDIUM, FLUX_DEV).stream()
                .filter(shape -> shape.name.equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "--shape: '%s', expected %s or %s".formatted(text, MEDIUM.name, FLUX_DEV.name)));
    }
}
