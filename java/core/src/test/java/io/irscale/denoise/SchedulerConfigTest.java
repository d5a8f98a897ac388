package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which schedulers are computed, and which are refused by name. */
class SchedulerConfigTest {
    private static final Path FILE = Path.of("scheduler_config.json");

    private static SchedulerConfig config(String json) {
        return SchedulerConfig.of(JsonConfig.parse(FILE, "configuration", json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FlowMatchHeunDiscreteScheduler",
                "FlowMatchLCMScheduler",
                "DPMSolverMultistepScheduler",
                "DPMSolverSinglestepScheduler",
                "UniPCMultistepScheduler",
                "EulerDiscreteScheduler",
                "PNDMScheduler"
            })
    void otherSchedulersAreRefusedByTheirClass(String name) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> config("{\"_class_name\": \"%s\", \"use_flow_sigmas\": true}".formatted(name)))
                .withMessage(FILE + ": _class_name is " + name
                        + ", expected FlowMatchEulerDiscreteScheduler, the scheduler that is computed here");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"invert_sigmas": true}                               | invert_sigmas is true, expected false
            {"stochastic_sampling": true}                         | stochastic_sampling is true, expected false
            {"time_shift_type": "cosine"}                         | time_shift_type is cosine, expected exponential or linear
            {"shift_terminal": 1}                                 | shift_terminal is 1.0, expected null or 0 to below 1
            {"shift_terminal": -0.1}                              | shift_terminal is -0.1, expected null or 0 to below 1
            {"shift": 0}                                          | shift is 0.0, expected above 0
            {"shift": -1}                                         | shift is -1.0, expected above 0
            {"num_train_timesteps": 0}                            | num_train_timesteps is 0, expected 1 or more
            {"max_image_seq_len": 256}                            | max_image_seq_len is 256, expected another number than base_image_seq_len
            {"use_karras_sigmas": true, "use_beta_sigmas": true}  | use_beta_sigmas is true, expected false beside use_karras_sigmas
            {"use_beta_sigmas": "yes"}                            | use_beta_sigmas is "yes", expected true or false
            {"sigma_min": "low"}                                  | sigma_min is "low", expected a number
            """)
    void settingsThatFluxCannotBeSampledWithAreRefused(String json, String complaint) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> config(json))
                .withMessage(FILE + ": " + complaint);
    }

    @Test
    void withoutAClassItIsFlowMatchingEuler() {
        assertThat(config("{}")).isEqualTo(config("{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\"}"));
    }

    @Test
    void settingsOfOtherSchedulersThatItDoesNotReadChangeNothing() {
        assertThat(config("{\"algorithm_type\": \"dpmsolver++\", \"solver_order\": 2, \"sigma_min\": null}"))
                .isEqualTo(config("{}"));
    }
}
