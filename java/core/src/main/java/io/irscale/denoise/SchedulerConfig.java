package io.irscale.denoise;

import io.irscale.tensor.JsonConfig;
import java.util.List;

/**
 * {@code scheduler_config.json} of a flow-matching Euler scheduler (diffusers
 * {@code scheduling_flow_match_euler_discrete.py}).
 *
 * @param trainTimesteps timesteps are sigma times this
 * @param dynamicShifting whether the shift follows the image's size; {@code shift} is then unused
 * @param shift static shift
 * @param baseTokens image tokens at which mu is {@code baseShift}
 * @param maxTokens image tokens at which mu is {@code maxShift}
 * @param baseShift mu at {@code baseTokens}
 * @param maxShift mu at {@code maxTokens}
 */
public record SchedulerConfig(
        int trainTimesteps,
        boolean dynamicShifting,
        double shift,
        int baseTokens,
        int maxTokens,
        double baseShift,
        double maxShift) {
    private static final List<String> UNUSED = List.of(
            "invert_sigmas", "stochastic_sampling", "use_beta_sigmas", "use_exponential_sigmas", "use_karras_sigmas");

    /** Reads a configuration; variants that no FLUX release uses are refused by name. */
    public static SchedulerConfig of(JsonConfig config) {
        for (String variant : UNUSED) {
            if (config.flag(variant, false)) {
                throw config.wrong(variant, true, "false");
            }
        }
        if (config.has("shift_terminal")) {
            throw config.wrong("shift_terminal", config.number("shift_terminal", 0), "null");
        }
        String type = config.text("time_shift_type", "exponential");
        if (!type.equals("exponential")) {
            throw config.wrong("time_shift_type", type, "exponential");
        }
        return new SchedulerConfig(
                config.integer("num_train_timesteps", 1000),
                config.flag("use_dynamic_shifting", false),
                config.number("shift", 1.0),
                config.integer("base_image_seq_len", 256),
                config.integer("max_image_seq_len", 4096),
                config.number("base_shift", 0.5),
                config.number("max_shift", 1.15));
    }

    /** mu for an image of {@code tokens} tokens, linear through the two anchors ({@code calculate_shift}). */
    public double mu(int tokens) {
        double slope = (maxShift - baseShift) / (maxTokens - baseTokens);
        return tokens * slope + (baseShift - slope * baseTokens);
    }
}
