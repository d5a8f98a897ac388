package io.irscale.train;

import io.irscale.decode.Vae;
import io.irscale.train.ImageWindows.Piece;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/** What a transformer is trained on: latents of windows, and how batches are made of them. */
public final class FlowData {
    private FlowData() {}

    /**
     * How batches are drawn.
     *
     * @param batch rows a forward
     * @param captionDropout share of rows without their caption, in [0, 1]
     * @param seed of weights, rows, times and noise
     * @param checkpointing whether activations are computed again on the way back instead of kept; the same gradients
     */
    public record Settings(int batch, double captionDropout, long seed, boolean checkpointing) {}

    /** So many windows of every frame, drawn at random, once; read from {@code file} where that has them. */
    public static LatentCache training(
            Path file, String source, Vae vae, ImageWindows windows, int perFrame, long seed, IntConsumer encoded) {
        RandomGenerator random = Draws.of(seed, 0, 3);
        List<Piece> pieces = new ArrayList<>();
        windows.frames().all().forEach(frame -> {
            for (int i = 0; i < perFrame; i++) {
                pieces.add(windows.draw(frame, random));
            }
        });
        return LatentCache.of(file, source, vae, windows, pieces, seed, encoded);
    }

    /** At most so many of the windows side by side, spread over the frames. */
    public static LatentCache validation(
            Path file, String source, Vae vae, ImageWindows windows, int most, long seed, IntConsumer encoded) {
        return LatentCache.of(file, source, vae, windows, windows.some(most), seed, encoded);
    }
}
