package io.irscale.cli.bench;

import io.irscale.denoise.FluxConfig;

/**
 * What is measured.
 *
 * @param size pixels of an image's edge
 * @param batch images at a time
 * @param steps denoising steps of an image
 */
record Workload(int size, int batch, int steps) {
    /**
     * Floating-point operations of one forward, two for a multiplication with its addition: 24 d^2 a token and block for
     * linear layers, 4 L^2 d for attention. Modulation and embeddings, under 1 % of FLUX.1's, are left out.
     */
    double flops(FluxConfig config, int imgTokens, int txtTokens) {
        double tokens = (double) imgTokens + txtTokens;
        double width = config.width();
        double blocks = (double) config.layers() + config.singleLayers();
        return batch * blocks * (24 * width * width * tokens + 4 * tokens * tokens * width);
    }
}
