package io.irscale.latent;

import io.irscale.error.InvalidInputException;

/**
 * Sizes of an image's latents. FLUX packs 2 x 2 latents into a token (diffusers {@code pipeline_flux.py},
 * {@code _pack_latents}).
 *
 * @param channels latent channels, C
 * @param height latent rows, even
 * @param width latent columns, even
 */
public record LatentShape(int channels, int height, int width) {
    /** Largest image edge in pixels. */
    public static final int MAX_PIXELS = 8192;

    /**
     * The latents of an image.
     *
     * @param pixelHeight pixels, a multiple of {@code 2 * factor}, up to {@value #MAX_PIXELS}
     * @param pixelWidth likewise
     * @param factor pixels per latent along an edge
     * @throws InvalidInputException for other sizes
     */
    public static LatentShape ofImage(int pixelHeight, int pixelWidth, int factor, int channels) {
        check("height", pixelHeight, 2 * factor);
        check("width", pixelWidth, 2 * factor);
        return new LatentShape(channels, pixelHeight / factor, pixelWidth / factor);
    }

    private static void check(String name, int pixels, int multiple) {
        if (pixels < multiple || pixels > MAX_PIXELS || pixels % multiple != 0) {
            throw new InvalidInputException("%s is %d, expected a multiple of %d from %d to %d"
                    .formatted(name, pixels, multiple, multiple, MAX_PIXELS));
        }
    }

    /** Image tokens, T = height width / 4. */
    public int tokens() {
        return height / 2 * (width / 2);
    }

    /** Values of one candidate. */
    public int elements() {
        return channels * height * width;
    }
}
