package io.irscale.cli.bench;

import io.irscale.decode.VaeConfig;
import io.irscale.denoise.FluxConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.text.Activation;
import io.irscale.text.ClipConfig;
import io.irscale.text.T5Config;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sizes of models whose speed is measured with random weights. */
enum Shape {
    /** 71 million parameters, the transformer alone: 8 heads of 64, 4 + 8 blocks. */
    MEDIUM(new FluxConfig(64, 64, 4, 8, 8, 64, 512, 768, true, List.of(8, 28, 28)), 128, Optional.empty()),

    /** FLUX.1-dev with T5-XXL, both CLIP L/14 and its VAE (the published configurations). */
    FLUX_DEV(
            new FluxConfig(64, 64, 19, 38, 24, 128, 4096, 768, true, List.of(16, 56, 56)),
            512,
            Optional.of(new Others(
                    new ClipConfig(Others.TEXT, 77, 49408, 2, Optional.empty(), 0, 0, 0, 0),
                    new T5Config(4096, 64, 64, 10240, 24, 32128, 32, 128, 1e-6),
                    new VaeConfig(3, 3, 16, List.of(128, 256, 512, 512), 2, 32, true, false, false, 0.3611, 0.1159),
                    new ClipConfig(Others.TEXT, 77, 49408, 2, Optional.of(Others.IMAGE), 224, 14, 3, 768))));

    /** What surrounds a transformer. */
    record Others(ClipConfig clip, T5Config t5, VaeConfig vae, ClipConfig verifier) {
        static final ClipConfig.Tower TEXT = new ClipConfig.Tower(768, 12, 12, 3072, Activation.QUICK_GELU, 1e-5);
        static final ClipConfig.Tower IMAGE = new ClipConfig.Tower(1024, 24, 16, 4096, Activation.QUICK_GELU, 1e-5);
    }

    private final FluxConfig flux;
    private final int textTokens;
    private final Optional<Others> others;

    Shape(FluxConfig flux, int textTokens, Optional<Others> others) {
        this.flux = flux;
        this.textTokens = textTokens;
        this.others = others;
    }

    FluxConfig flux() {
        return flux;
    }

    int textTokens() {
        return textTokens;
    }

    Optional<Others> others() {
        return others;
    }

    static Shape parse(String text) {
        return Arrays.stream(values())
                .filter(shape -> shape.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "--shape: '%s', expected one of %s".formatted(text, Arrays.toString(values()))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
