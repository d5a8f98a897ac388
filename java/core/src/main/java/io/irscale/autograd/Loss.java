package io.irscale.autograd;

import io.irscale.decode.Vae;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.NativeRows;
import io.irscale.denoise.Row;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeLoss;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One number a row, (N) in F32. Of recorded forwards it carries the graph to the trainable weights, which
 * {@link #backward} follows.
 */
public final class Loss implements AutoCloseable {
    private final Tensor rows;

    private Loss(Tensor rows) {
        this.rows = rows;
    }

    /** Rectified flow (arXiv 2209.03003, eq. 1): the mean of (velocity - (noise - x0))^2; all of one shape (N, ...). */
    public static Loss flow(Tensor velocity, Tensor x0, Tensor noise) {
        return new Loss(Tensor.create(out -> NativeLoss.flow(out, velocity.handle(), x0.handle(), noise.handle())));
    }

    /**
     * {@link #flow} of the velocity at {@code img}, already followed: the gradient of {@code share} times the rows' mean
     * is added to that of every trainable weight. It takes the memory of one block's activations and every block's input
     * (gradient checkpointing, arXiv 1604.06174) and the time of another forward; the gradients are the same.
     *
     * @param img (N, T, in_channels)
     * @param rows N, without negatives, whose plans and LoRAs were recorded; the plans' graph is gone afterwards
     * @param x0 (N, T, out_channels)
     * @param noise (N, T, out_channels)
     * @throws InvalidInputException if shapes do not meet
     */
    public static Loss flowCheckpointed(
            FluxTransformer flux, Tensor img, List<Row> rows, Tensor x0, Tensor noise, double share) {
        try (Arena arena = Arena.ofConfined()) {
            NativeRows list = NativeRows.of(arena, rows);
            MemorySegment shares = arena.allocateFrom(ValueLayout.JAVA_FLOAT, shares(rows.size(), share));
            return new Loss(Tensor.create(out -> NativeLoss.flowCheckpointed(
                    out,
                    flux.handle(),
                    img.handle(),
                    list.count(),
                    list.plans(),
                    list.steps(),
                    x0.handle(),
                    noise.handle(),
                    shares)));
        }
    }

    /**
     * How much each part of a reconstruction's error counts.
     *
     * @param square of the difference's square
     * @param absolute of its absolute value
     * @param edges of the absolute difference of its neighbours
     */
    public record Reconstruction(float square, float absolute, float edges) {}

    /**
     * The mean of weight (square d^2 + absolute |d|), plus edges, for d = decoded - images.
     *
     * @param decoded (N, C, H, W)
     * @param images (N, C, H, W)
     * @param weight (N, 1, H, W); null for 1
     */
    public static Loss reconstruction(Tensor decoded, Tensor images, @Nullable Tensor weight, Reconstruction terms) {
        return new Loss(Tensor.create(out -> NativeLoss.reconstruction(
                out,
                decoded.handle(),
                images.handle(),
                weight == null ? MemorySegment.NULL : weight.handle(),
                terms.square(),
                terms.absolute(),
                terms.edges())));
    }

    /** The mean of KL(N(mean, exp(logvar)) || N(0, 1)) (arXiv 1312.6114, appendix B). */
    public static Loss kl(Tensor mean, Tensor logvar) {
        return new Loss(Tensor.create(out -> NativeLoss.kl(out, mean.handle(), logvar.handle())));
    }

    /**
     * Cross-entropy of the logits between {@code a} and {@code b}, images against texts or the reverse (arXiv
     * 2103.00020, figure 3).
     *
     * @param a (N, projection), of unit length
     * @param b (M, projection), of unit length
     * @param target (N, M), probabilities over {@code b}
     */
    public static Loss contrastive(Clip clip, Tensor a, Tensor b, Tensor target) {
        return new Loss(Tensor.create(
                out -> NativeLoss.contrastive(out, clip.handle(), a.handle(), b.handle(), target.handle())));
    }

    /** 1 - cosine of rows (N, d) of unit length. */
    public static Loss cosine(Tensor a, Tensor b) {
        return new Loss(Tensor.create(out -> NativeLoss.cosine(out, a.handle(), b.handle())));
    }

    /**
     * Cross-entropy of a linear layer's classes.
     *
     * @param features (N, d)
     * @param weight (classes, d)
     * @param bias (classes)
     * @param target (N, classes), probabilities
     */
    public static Loss classes(Tensor features, Tensor weight, Tensor bias, Tensor target) {
        return new Loss(Tensor.create(
                out -> NativeLoss.classes(out, features.handle(), weight.handle(), bias.handle(), target.handle())));
    }

    /** Latents drawn from an encoder's posterior, as the transformer sees them; all of one shape. */
    public static Tensor sample(Vae vae, Tensor mean, Tensor logvar, Tensor noise) {
        return Tensor.create(
                out -> NativeLoss.vaeSample(out, vae.handle(), mean.handle(), logvar.handle(), noise.handle()));
    }

    /** The rows' values. */
    public float[] values() {
        return rows.floats();
    }

    /** Their mean. */
    public double mean() {
        double sum = 0;
        float[] values = values();
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /**
     * Follows the graph behind the sum of {@code share[i]} times row i and adds its gradient to that of every trainable
     * weight; once. The graph is gone afterwards.
     *
     * @throws InvalidInputException if there are not as many shares as rows
     */
    public void backward(float... shares) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment factors = arena.allocateFrom(ValueLayout.JAVA_FLOAT, shares);
            NativeLoss.backward(rows.handle(), shares.length, factors);
        }
    }

    /** {@link #backward} of {@code share} times the mean of all rows. */
    public void backwardMean(double share) {
        backward(shares(Math.toIntExact(rows.size(0)), share));
    }

    private static float[] shares(int rows, double share) {
        float[] shares = new float[rows];
        Arrays.fill(shares, (float) (share / shares.length));
        return shares;
    }

    /** A sum of losses of as many rows, each times a factor; it carries their graphs. */
    public static Loss sum(List<Loss> losses, float... factors) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handles = arena.allocate(ValueLayout.ADDRESS, losses.size());
            for (int i = 0; i < losses.size(); i++) {
                handles.setAtIndex(ValueLayout.ADDRESS, i, losses.get(i).rows.handle());
            }
            MemorySegment shares = arena.allocateFrom(ValueLayout.JAVA_FLOAT, factors);
            return new Loss(Tensor.create(out -> NativeLoss.sum(out, losses.size(), handles, shares)));
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
