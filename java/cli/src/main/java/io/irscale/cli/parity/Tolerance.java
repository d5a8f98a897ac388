package io.irscale.cli.parity;

import io.irscale.tensor.DType;
import java.util.function.DoubleUnaryOperator;

/**
 * How far a tensor may be from its golden, and how that is measured. In fp32 a tensor is held by its largest error; in
 * bf16, where single values carry rounding of 1 in 256, by its relative L2 norm.
 *
 * @param measure the error's formula
 * @param limit the largest error that passes
 */
record Tolerance(Measure measure, double limit) {
    /** An error's formula. */
    enum Measure {
        /** max |ours - golden| / max |golden|. */
        MAX("max"),
        /** ||ours - golden|| / ||golden||. */
        L2("L2"),
        /** max |ours - golden| / 255. */
        EIGHT_BIT("8-bit");

        private final String text;

        Measure(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Equal numbers. */
    static final Tolerance EXACT = max(0);
    /** fp32 against the float64 truth: diffusers sits at 5e-7, a wrong RMSNorm epsilon at 2e-5, erf GELU at 1e-4. */
    static final Tolerance TRUTH = max(5e-6);
    /**
     * T5's states in fp32. Its softmax is not scaled and sharpens rounding: at 512 tokens PyTorch's own attention kernels
     * sit up to 1.5e-5 from float64. A wrong epsilon is 9e-5 off, erf GELU 4e-4, masked padding 1.
     */
    static final Tolerance T5 = max(3e-5);
    /** CLIP, the VAE and single velocities in fp32. */
    static final Tolerance STAGE = max(1e-5);
    /** An Euler step is two operations of which both round as the reference does. */
    static final Tolerance STEP = max(1e-6);
    /** Antialiased tensor interpolation against PIL's, which rounds to 8 bits between its two passes. */
    static final Tolerance PIL = max(2.5e-2);

    /** T5's states of a run, from the prompt. */
    static Tolerance txt(DType dtype) {
        return dtype == DType.F32 ? T5 : l2(4e-2);
    }

    /** CLIP's pooled state of a run, from the prompt. */
    static Tolerance vec(DType dtype) {
        return dtype == DType.F32 ? STAGE : l2(4e-2);
    }

    /** Velocities, from golden inputs. */
    static Tolerance velocity(DType dtype) {
        return dtype == DType.F32 ? STAGE : l2(2e-2);
    }

    /** Latents and float images of a run of our own. */
    static Tolerance run(DType dtype) {
        return dtype == DType.F32 ? max(1e-4) : l2(6e-2);
    }

    /** 8-bit images of a run of our own. */
    static Tolerance pixels(DType dtype) {
        return dtype == DType.F32 ? new Tolerance(Measure.EIGHT_BIT, 1.0 / 255) : l2(6e-2);
    }

    static Tolerance max(double limit) {
        return new Tolerance(Measure.MAX, limit);
    }

    static Tolerance l2(double limit) {
        return new Tolerance(Measure.L2, limit);
    }

    /** The error of {@code ours}; NaN if any value of either is not finite. */
    double error(float[] ours, double[] golden) {
        DoubleUnaryOperator size = measure == Measure.L2 ? x -> x * x : Math::abs;
        double off = 0;
        double reference = measure == Measure.EIGHT_BIT ? 255 : 0;
        for (int i = 0; i < golden.length; i++) {
            if (!Float.isFinite(ours[i]) || !Double.isFinite(golden[i])) {
                return Double.NaN;
            }
            off = add(off, size.applyAsDouble(ours[i] - golden[i]));
            reference = measure == Measure.EIGHT_BIT ? reference : add(reference, size.applyAsDouble(golden[i]));
        }
        double error = off == 0 ? 0 : off / reference;
        return measure == Measure.L2 ? Math.sqrt(error) : error;
    }

    private double add(double sum, double size) {
        return measure == Measure.L2 ? sum + size : Math.max(sum, size);
    }

    /** Whether an error passes; NaN never does. */
    boolean allows(double error) {
        return error <= limit;
    }

    @Override
    public String toString() {
        return limit == 0 ? "exact" : "%.1e %s".formatted(limit, measure);
    }
}
