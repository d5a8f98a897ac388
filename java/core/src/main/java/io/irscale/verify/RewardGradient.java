package io.irscale.verify;

import io.irscale.decode.Vae;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.NativeRows;
import io.irscale.denoise.Row;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeObject;
import io.irscale.ffi.NativeReward;
import io.irscale.latent.LatentShape;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a CLIP verifier's score changes with the latents, for guidance by a verifier (as the forward guidance of arXiv
 * 2302.07121 takes it). The image is the verifier's but for the rounding to 8 bits, whose derivative is 0: scores differ
 * from {@link ClipVerifier}'s by that rounding.
 */
public final class RewardGradient implements AutoCloseable {
    private final FluxTransformer flux;
    private final Vae vae;
    private final ClipVerifier verifier;
    private final NativeObject object;

    /**
     * Borrows the models, which must stay open longer.
     *
     * @throws InvalidInputException if the VAE or the verifier is not for RGB images
     */
    public RewardGradient(FluxTransformer flux, Vae vae, ClipVerifier verifier) {
        this.flux = flux;
        this.vae = vae;
        this.verifier = verifier;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment preprocessing = verifier.preprocessing().struct(arena);
            object = NativeObject.create(
                    "reward",
                    out -> NativeReward.create(
                            out, vae.handle(), verifier.clip().handle(), preprocessing),
                    NativeReward::free);
        }
    }

    /**
     * What a call gives.
     *
     * @param gradient d scores[i] / d latents[i], of the latents' shape, F32
     * @param velocity of {@link #full}, (N, T, 4 C) in the transformer's dtype; else null
     * @param scores the cosine of every row
     */
    @SuppressWarnings("ArrayRecordComponent") // numbers for the caller, compared by nobody
    public record Result(Tensor gradient, @Nullable Tensor velocity, float[] scores) implements AutoCloseable {
        @Override
        public void close() {
            gradient.close();
            if (velocity != null) {
                velocity.close();
            }
        }
    }

    /**
     * By the predicted image alone, the transformer left out: no forward, the VAE and CLIP there
     * and back, which keeps the decoder's activations (FLUX.1 in BF16: 3 GB a row at 512 x 512).
     *
     * @param x0 (N, T, 4 C), packed, of latents of {@code shape}; any dtype
     * @param prompts one a row
     * @return for the caller to close
     * @throws InvalidInputException if shapes or the number of prompts do not fit
     */
    public Result cheap(Tensor x0, LatentShape shape, List<String> prompts) {
        requireOneEach("prompts", prompts.size(), x0);
        try (Tensor text = verifier.textEmbeddings(prompts)) {
            return cheap(x0, shape, text);
        }
    }

    Result cheap(Tensor x0, LatentShape shape, Tensor text) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradient = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment scores = arena.allocate(ValueLayout.JAVA_FLOAT, x0.size(0));
            NativeReward.gradient(
                    gradient, scores, handle(), x0.handle(), shape.height(), shape.width(), text.handle());
            return new Result(Tensor.adopt(gradient), null, scores.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    /**
     * By the latents x themselves, through x0 = x - sigma v and the transformer: one forward and its way back, which
     * keeps every block's activations (FLUX.1 in BF16: 6 GB a row at 512 x 512, beside the decoder).
     *
     * @param x (N, T, 4 C), packed, of latents of {@code shape}; any dtype
     * @param rows one a row of x
     * @param sigma the time of every row, in [0, 1]
     * @param prompts one a row
     * @return for the caller to close
     * @throws InvalidInputException if shapes, numbers of rows or values do not fit
     */
    public Result full(Tensor x, List<Row> rows, float[] sigma, LatentShape shape, List<String> prompts) {
        requireOneEach("prompts", prompts.size(), x);
        try (Tensor text = verifier.textEmbeddings(prompts)) {
            return full(x, rows, sigma, shape, text);
        }
    }

    Result full(Tensor x, List<Row> rows, float[] sigma, LatentShape shape, Tensor text) {
        requireOneEach("rows", rows.size(), x);
        requireOneEach("sigma", sigma.length, x);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradient = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment velocity = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment scores = arena.allocate(ValueLayout.JAVA_FLOAT, rows.size());
            NativeRows list = NativeRows.of(arena, rows);
            NativeReward.gradientFull(
                    gradient,
                    velocity,
                    scores,
                    handle(),
                    flux.handle(),
                    x.handle(),
                    list.count(),
                    list.plans(),
                    list.steps(),
                    list.negatives(),
                    list.trueCfg(),
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, sigma),
                    shape.height(),
                    shape.width(),
                    text.handle());
            return new Result(Tensor.adopt(gradient), Tensor.adopt(velocity), scores.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    private static void requireOneEach(String name, int count, Tensor latents) {
        if (count != latents.size(0)) {
            throw new InvalidInputException("%s has %d entries, expected one for each of the %d rows of latents"
                    .formatted(name, count, latents.size(0)));
        }
    }

    private MemorySegment handle() {
        vae.handle(); // the native reward points into both
        verifier.clip().handle();
        return object.handle();
    }

    @Override
    public void close() {
        object.close();
    }
}
