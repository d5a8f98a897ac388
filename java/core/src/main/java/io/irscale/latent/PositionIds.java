package io.irscale.latent;

/**
 * Positions for the rotary embedding: (time, row, column) for every token. Text tokens are all zero, image tokens have
 * (0, row, column) of the packed grid (diffusers {@code pipeline_flux.py}, {@code _prepare_latent_image_ids}).
 */
public final class PositionIds {
    private PositionIds() {}

    /** {@code txt_ids}: (tokens, 3), flat. */
    public static float[] txt(int tokens) {
        return new float[tokens * 3];
    }

    /** {@code img_ids}: (T, 3), flat. */
    public static float[] img(LatentShape shape) {
        int columns = shape.width() / 2;
        float[] ids = new float[shape.tokens() * 3];
        for (int token = 0; token < shape.tokens(); token++) {
            int row = token / columns;
            ids[token * 3 + 1] = row;
            ids[token * 3 + 2] = token - row * columns;
        }
        return ids;
    }
}
