package io.irscale.denoise;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import java.util.List;
import java.util.OptionalDouble;

/**
 * {@code scheduler_config.json} of a flow-matching Euler scheduler (diffusers
 * {@code scheduling_flow_match_euler_discrete.py}).
 *
 * @param trainTimesteps timesteps are sigma times this
 * @param dynamicShifting whether the shift follows the image's size; {@code shift} is then unused
 * @param linearShift whether {@code time_shift_type} is linear: the dynamic shift is mu itself, not e^mu
 * @param shift static shift, above 0
 * @param baseTokens image tokens at which mu is {@code baseShift}
 * @param maxTokens image tokens at which mu is {@code maxShift}
 * @param baseShift mu at {@code baseTokens}
 * @param maxShift mu at {@code maxTokens}
 * @param shiftTerminal {@code shift_terminal}, what the last sigma above 0 is stretched to, in [0, 1); 0 for no stretch
 * @param flowSigmas {@code use_flow_sigmas}: the pipeline then leaves the levels to the scheduler
 * @param spacing how levels lie between the first and the last
 */
public record SchedulerConfig(
        int trainTimesteps,
        boolean dynamicShifting,
        boolean linearShift,
        double shift,
        int baseTokens,
        int maxTokens,
        double baseShift,
        double maxShift,
        double shiftTerminal,
        boolean flowSigmas,
        SigmaSpacing spacing) {
    /** The scheduler's {@code _class_name} in diffusers. */
    public static final String CLASS_NAME = "FlowMatchEulerDiscreteScheduler";

    /**
     * Reads a configuration. One without {@code _class_name} is taken for a flow-matching Euler scheduler's.
     *
     * @throws InvalidInputException for another scheduler, named by its class, and for settings that FLUX cannot be sampled
     *     with
     */
    public static SchedulerConfig of(JsonConfig config) {
        String name = config.text("_class_name", CLASS_NAME);
        if (!name.equals(CLASS_NAME)) {
            throw config.wrong("_class_name", name, CLASS_NAME + ", the scheduler that is computed here");
        }
        // The first is for Mochi, whose time runs the other way; the second draws noise without a seed at every step.
        for (String variant : List.of("invert_sigmas", "stochastic_sampling")) {
            if (config.flag(variant, false)) {
                throw config.wrong(variant, true, "false");
            }
        }
        String type = config.text("time_shift_type", "exponential");
        if (!type.equals("exponential") && !type.equals("linear")) {
            throw config.wrong("time_shift_type", type, "exponential or linear");
        }
        return new SchedulerConfig(
                positive(config, "num_train_timesteps", 1000),
                config.flag("use_dynamic_shifting", false),
                type.equals("linear"),
                shift(config),
                config.integer("base_image_seq_len", 256),
                maxTokens(config),
                config.number("base_shift", 0.5),
                config.number("max_shift", 1.15),
                shiftTerminal(config),
                config.flag("use_flow_sigmas", false),
                spacing(config));
    }

    private static int positive(JsonConfig config, String key, int absent) {
        int value = config.integer(key, absent);
        if (value < 1) {
            throw config.wrong(key, value, "1 or more");
        }
        return value;
    }

    private static double shift(JsonConfig config) {
        double shift = config.number("shift", 1.0);
        if (!(shift > 0)) {
            throw config.wrong("shift", shift, "above 0");
        }
        return shift;
    }

    private static int maxTokens(JsonConfig config) {
        int tokens = config.integer("max_image_seq_len", 4096);
        int base = config.integer("base_image_seq_len", 256);
        if (tokens == base) {
            throw config.wrong("max_image_seq_len", tokens, "another number than base_image_seq_len");
        }
        return tokens;
    }

    private static double shiftTerminal(JsonConfig config) {
        double terminal = config.number("shift_terminal", 0);
        if (!(terminal >= 0 && terminal < 1)) {
            throw config.wrong("shift_terminal", terminal, "null or 0 to below 1");
        }
        return terminal;
    }

    // The reference takes bounds of other schedulers, too, once they stand in the file.
    private static SigmaSpacing spacing(JsonConfig config) {
        List<SigmaSpacing.Kind> kinds = SigmaSpacing.Kind.named()
                .filter(kind -> config.flag(kind.key(), false))
                .toList();
        if (kinds.size() > 1) {
            throw config.wrong(
                    kinds.getLast().key(),
                    true,
                    "false beside " + kinds.getFirst().key());
        }
        return new SigmaSpacing(
                kinds.isEmpty() ? SigmaSpacing.Kind.SHIFTED : kinds.getFirst(),
                bound(config, "sigma_min"),
                bound(config, "sigma_max"));
    }

    private static OptionalDouble bound(JsonConfig config, String key) {
        if (!config.has(key)) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(config.number(key, 0));
    }

    /** mu for an image of {@code tokens} tokens, linear through the two anchors ({@code calculate_shift}). */
    public double mu(int tokens) {
        double slope = (maxShift - baseShift) / (maxTokens - baseTokens);
        return tokens * slope + (baseShift - slope * baseTokens);
    }
}
