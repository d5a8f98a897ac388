package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;

/**
 * The noise levels of a run: sigma from 1 down to 0 (diffusers {@code scheduling_flow_match_euler_discrete.py},
 * {@code set_timesteps}, fed as {@code pipeline_flux.py} feeds it), in the reference's own precision.
 */
public final class FlowSchedule {
    /** Most steps of a run. */
    public static final int MAX_STEPS = 1000;

    private final int trainTimesteps;
    private final float[] sigmas;

    private FlowSchedule(int trainTimesteps, float[] sigmas) {
        this.trainTimesteps = trainTimesteps;
        this.sigmas = sigmas;
    }

    /**
     * The schedule of {@code steps} steps for an image of {@code tokens} tokens: linspace(1, 1/steps), shifted, stretched
     * and spaced as the configuration has it; then 0.
     *
     * @param steps 1 to {@value #MAX_STEPS}
     * @throws InvalidInputException for other numbers of steps, and where the configuration has no levels for so many
     */
    public static FlowSchedule of(SchedulerConfig config, int steps, int tokens) {
        if (steps < 1 || steps > MAX_STEPS) {
            throw new InvalidInputException("steps is %d, expected 1 to %d".formatted(steps, MAX_STEPS));
        }
        if (steps == 1 && config.shiftTerminal() > 0) {
            throw new InvalidInputException(
                    "steps is 1, expected 2 or more: the scheduler's shift_terminal needs a last step besides the first");
        }
        double[] levels = new SigmaTable(config, tokens).levels(steps);
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) levels[i];
            if (!(sigmas[i] > 0 && sigmas[i] <= (i == 0 ? 1 : sigmas[i - 1]))) {
                throw new InvalidInputException(
                        "the scheduler's shift makes sigma %s of step %d of %d, expected sigmas that fall from 1 to above 0"
                                .formatted(sigmas[i], i + 1, steps));
            }
        }
        return new FlowSchedule(config.trainTimesteps(), sigmas);
    }

    /** A schedule of given sigmas, the last one the end. */
    public static FlowSchedule of(float[] sigmas) {
        return new FlowSchedule(1000, sigmas.clone());
    }

    /** Other sigmas of the same model: its timesteps stay as many. */
    public FlowSchedule with(float[] others) {
        return new FlowSchedule(trainTimesteps, others.clone());
    }

    /** The number of steps. */
    public int steps() {
        return sigmas.length - 1;
    }

    /** sigma before step {@code i}; {@code i = steps()} is the end, 0. */
    public float sigma(int i) {
        return sigmas[i];
    }

    /** All sigmas, {@code steps() + 1} of them. */
    public float[] sigmas() {
        return sigmas.clone();
    }

    /** sigma times the number of training timesteps, one a step. */
    public float[] timesteps() {
        float[] out = new float[steps()];
        for (int i = 0; i < out.length; i++) {
            out[i] = sigmas[i] * trainTimesteps;
        }
        return out;
    }

    /**
     * What the transformer receives at each step: the timestep rounded to {@code dtype}, over 1000, rounded again
     * ({@code pipeline_flux.py}, the denoising loop). In BF16 981.46 counts as 980.
     */
    public float[] inputs(DType dtype) {
        float[] out = timesteps();
        for (int i = 0; i < out.length; i++) {
            out[i] = round(round(out[i], dtype) / 1000f, dtype);
        }
        return out;
    }

    /** {@code value} as {@code dtype} holds it. */
    static float round(float value, DType dtype) {
        if (dtype != DType.BF16) {
            return value;
        }
        // to nearest, ties to even, on the 16 bits that BF16 drops
        int bits = Float.floatToRawIntBits(value);
        int rounded = bits + 0x7fff + (bits >>> 16 & 1);
        return Float.intBitsToFloat(rounded & 0xffff0000);
    }
}
