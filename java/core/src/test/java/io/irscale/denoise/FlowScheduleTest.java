package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.JsonConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every number equal to the reference's, to the last bit. */
class FlowScheduleTest {
    private static final Path SCHEDULES =
            GoldenTensors.GOLDENS.resolve("schedules"); // how they were made: make.py there
    private static final Path FILE = Path.of("scheduler_config.json");
    private static final SchedulerConfig DEV = SchedulerConfig.of(
            JsonConfig.read(GoldenTensors.GOLDENS.resolve("dev/pipeline/scheduler/scheduler_config.json")));
    private static final SchedulerConfig SCHNELL = config(Map.of("shift", 1.0, "use_dynamic_shifting", false));
    private static final Pattern KEY = Pattern.compile("sigmas\\.(schnell\\.)?n(\\d+)(?:\\.l(\\d+))?");

    private static SchedulerConfig config(Map<String, Object> values) {
        return SchedulerConfig.of(JsonConfig.of(FILE, values));
    }

    static Stream<String> keys() throws IOException {
        List<String> keys = new GoldenTensors("scheduler.safetensors")
                .names().stream().filter(name -> name.startsWith("sigmas.")).toList();
        assertThat(keys).hasSize(30);
        return keys.stream();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void equalsTheGoldens(String key) throws IOException {
        GoldenTensors golden = new GoldenTensors("scheduler.safetensors");
        Matcher matcher = KEY.matcher(key);
        assertThat(matcher.matches()).isTrue();
        int tokens = matcher.group(3) == null ? 24 : Integer.parseInt(matcher.group(3));
        FlowSchedule schedule =
                FlowSchedule.of(matcher.group(1) == null ? DEV : SCHNELL, Integer.parseInt(matcher.group(2)), tokens);
        assertThat(schedule.sigmas()).isEqualTo(golden.floats(key));
        if (matcher.group(1) == null) { // schnell's timesteps are not among the goldens
            assertThat(schedule.timesteps()).isEqualTo(golden.floats(key.replace("sigmas", "timesteps")));
        }
        assertThat(schedule.sigma(schedule.steps())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp32", "fp32-wide", "bf16"})
    void inputsEqualWhatTheGoldenTransformerReceived(String run) throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/run-" + run + ".safetensors");
        FlowSchedule schedule = FlowSchedule.of(DEV, golden.size("timesteps", 0), golden.size("latents.init", 1));
        float[] inputs = schedule.inputs(run.equals("bf16") ? DType.BF16 : DType.F32);
        for (int i = 0; i < inputs.length; i++) {
            assertThat(inputs[i]).as("step %d", i).isEqualTo(golden.floats("timestep_in." + i)[0]);
        }
    }

    @Test
    void bf16RoundsTiesToEven() {
        assertThat(FlowSchedule.round(981.46f, DType.BF16)).isEqualTo(980);
        assertThat(FlowSchedule.round(982, DType.BF16)).isEqualTo(984);
        assertThat(FlowSchedule.round(978, DType.BF16)).isEqualTo(976);
        assertThat(FlowSchedule.round(981.46f, DType.F32)).isEqualTo(981.46f);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001, 1_000_000, Integer.MAX_VALUE})
    void otherNumbersOfStepsAreRefused(int steps) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> FlowSchedule.of(DEV, steps, 24))
                .withMessage("steps is " + steps + ", expected 1 to 1000");
    }

    @Test
    void theMostStepsGoDownAllTheWay() {
        float[] sigmas = FlowSchedule.of(DEV, FlowSchedule.MAX_STEPS, 4096).sigmas();
        assertThat(sigmas).hasSize(1001).startsWith(1).endsWith(0);
        for (int i = 0; i < 1000; i++) {
            assertThat(sigmas[i + 1]).isLessThan(sigmas[i]);
        }
    }

    @Test
    void aScheduleCannotBeChangedFromOutside() {
        float[] given = {1, 0.5f, 0};
        FlowSchedule schedule = FlowSchedule.of(given);
        given[1] = 7;
        schedule.sigmas()[1] = 7;
        assertThat(schedule.sigmas()).containsExactly(1, 0.5f, 0);
        assertThat(schedule.timesteps()).containsExactly(1000, 500);
    }

    static Stream<String> settings() {
        return JsonConfig.read(SCHEDULES.resolve("configs.json")).keys().stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingEqualsDiffusers(String name) throws IOException {
        SchedulerConfig config = SchedulerConfig.of(
                JsonConfig.read(SCHEDULES.resolve("configs.json")).child(name));
        GoldenTensors golden = new GoldenTensors(SCHEDULES.resolve("golden.safetensors"));
        Pattern key = Pattern.compile("(sigmas|timesteps)\\." + Pattern.quote(name) + "\\.n(\\d+)\\.l(\\d+)");
        List<Matcher> tables = golden.names().stream()
                .map(key::matcher)
                .filter(Matcher::matches)
                .toList();
        assertThat(tables).hasSizeGreaterThan(5);
        for (Matcher table : tables) {
            FlowSchedule schedule =
                    FlowSchedule.of(config, Integer.parseInt(table.group(2)), Integer.parseInt(table.group(3)));
            assertThat(table.group(1).equals("sigmas") ? schedule.sigmas() : schedule.timesteps())
                    .as(table.group())
                    .isEqualTo(golden.floats(table.group()));
        }
    }

    @Test
    void otherSigmasKeepTheModelsTimesteps() {
        FlowSchedule schedule = FlowSchedule.of(config(Map.of("num_train_timesteps", 500)), 2, 24);
        assertThat(schedule.with(new float[] {1, 0.25f, 0}).timesteps()).containsExactly(500, 125);
    }

    @Test
    void oneStepCannotBeStretchedToATerminal() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> FlowSchedule.of(config(Map.of("shift_terminal", 0.1)), 1, 24))
                .withMessage(
                        "steps is 1, expected 2 or more: the scheduler's shift_terminal needs a last step besides the"
                                + " first");
    }

    static Stream<Map<String, Object>> withoutLevels() {
        return Stream.of(
                Map.of("use_dynamic_shifting", true, "base_shift", 1e6, "max_shift", 1e6),
                Map.of("use_dynamic_shifting", true, "time_shift_type", "linear", "base_shift", -2, "max_shift", -2),
                Map.of("shift", 1e300));
    }

    @ParameterizedTest
    @MethodSource("withoutLevels")
    void shiftsThatLeaveNoLevelsAreRefused(Map<String, Object> values) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> FlowSchedule.of(config(values), 4, 24))
                .withMessageContaining("the scheduler's shift makes sigma")
                .withMessageContaining("expected sigmas that fall from 1 to above 0");
    }

    @ParameterizedTest
    @CsvSource({"0, 0.5", "0.5, 0.4", "0.1, 1.5", "-1, 1"})
    void boundsOutsideTheFlowAreRefused(double min, double max) {
        SchedulerConfig config = config(Map.of("use_karras_sigmas", true, "sigma_min", min, "sigma_max", max));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> FlowSchedule.of(config, 4, 24))
                .withMessage(
                        "use_karras_sigmas spaces sigmas from %s to %s, expected sigma_min above 0 and sigma_max from"
                                        .formatted(max, min)
                                + " there to 1");
    }
}
