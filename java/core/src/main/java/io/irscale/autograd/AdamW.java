package io.irscale.autograd;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeAdamW;
import io.irscale.ffi.NativeObject;
import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * AdamW (arXiv 1711.05101; libtorch's fused kernel) over all of some {@link Parameters}, in F32 whatever their dtype,
 * with an average of the weights over the steps where it is asked for. Close it before its parameters.
 */
public final class AdamW implements AutoCloseable {
    private final NativeObject object;

    /**
     * An optimizer at step 0.
     *
     * @param average whether to keep an exponential average of the weights
     */
    public AdamW(Parameters parameters, boolean average) {
        object = NativeObject.create(
                "optimizer", out -> NativeAdamW.create(out, parameters.handle(), average ? 1 : 0), NativeAdamW::free);
    }

    /** What it keeps of every weight, all in F32. */
    public enum State {
        /** The weight; the model sees it rounded to its dtype. */
        WEIGHT(0),
        /** Average of its gradients. */
        MEAN(1),
        /** Average of their squares. */
        SQUARE(2),
        /** Average of the weight. */
        AVERAGE(3);

        private final int code; // IRS_ADAMW_*

        State(int code) {
            this.code = code;
        }
    }

    /**
     * How to step.
     *
     * @param learningRate 0 or more
     * @param beta1 decay of the mean, in [0, 1)
     * @param beta2 decay of the square, in [0, 1)
     * @param eps above 0
     * @param weightDecay of tensors with 2 dimensions or more, 0 or more
     * @param maxNorm the gradient is scaled down to it, above 0
     * @param averageDecay average = decay average + (1 - decay) weight, in [0, 1)
     */
    public record Settings(
            double learningRate,
            double beta1,
            double beta2,
            double eps,
            double weightDecay,
            double maxNorm,
            double averageDecay) {}

    /** Adds {@code share} times what {@link Loss#backward} has left to the gradients of the next step. */
    public void gather(float share) {
        NativeAdamW.gather(object.handle(), share);
    }

    /**
     * One update.
     *
     * @return the gradient's norm before it was scaled down
     * @throws InvalidInputException if the gradient is not finite or a setting out of range; nothing changes then
     */
    public double step(Settings settings) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment norm = arena.allocate(ValueLayout.JAVA_DOUBLE);
            Struct struct = new Struct(arena, NativeStructs.ADAMW_SETTINGS)
                    .set("learning_rate", settings.learningRate())
                    .set("beta1", settings.beta1())
                    .set("beta2", settings.beta2())
                    .set("eps", settings.eps())
                    .set("weight_decay", settings.weightDecay())
                    .set("max_norm", settings.maxNorm())
                    .set("average_decay", settings.averageDecay());
            NativeAdamW.step(norm, object.handle(), struct.memory());
            return norm.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    /** One of a weight's tensors, sharing its storage; the caller closes it. */
    public Tensor state(String name, State state) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return Tensor.create(out -> NativeAdamW.state(out, object.handle(), text, state.code));
        }
    }

    /** Replaces the values of one of a weight's tensors, and what the model sees with {@link State#WEIGHT}. */
    public void restore(String name, State state, Tensor values) {
        try (Arena arena = Arena.ofConfined()) {
            NativeAdamW.restore(object.handle(), arena.allocateFrom(name), state.code, values.handle());
        }
    }

    /** Updates made so far. */
    public long steps() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            NativeAdamW.steps(out, object.handle());
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Sets {@link #steps}, when a run goes on. */
    public void setSteps(long steps) {
        NativeAdamW.setSteps(object.handle(), steps);
    }

    @Override
    public void close() {
        object.close();
    }
}
