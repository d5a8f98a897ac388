package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.SchedulerConfig;
import io.irscale.tensor.JsonConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Schedules for N steps at packed length L, of the schedulers that FLUX.1 was released with. */
record ScheduleStage() implements Stage {
    static final String FILE = "scheduler.safetensors";

    // black-forest-labs/FLUX.1-dev and FLUX.1-schnell, scheduler/scheduler_config.json
    private static final SchedulerConfig DEV = released(Map.of("shift", 3.0, "use_dynamic_shifting", true));
    private static final SchedulerConfig SCHNELL = released(Map.of("shift", 1.0));

    private static final Pattern OF_DEV = Pattern.compile("(?:sigmas|timesteps)\\.(n(\\d{1,6})\\.l(\\d{1,6}))");
    private static final Pattern OF_SCHNELL = Pattern.compile("(?:sigmas|timesteps)\\.(schnell\\.n(\\d{1,6}))");

    private static SchedulerConfig released(Map<String, Object> values) {
        return SchedulerConfig.of(JsonConfig.of(Path.of("scheduler_config.json"), values));
    }

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        GoldenFile file = goldens.sharedFile(name());
        for (String tensor : new TreeSet<>(file.tensors())) {
            checks.attempt(name(), tensor, () -> check(file, tensor, checks));
        }
    }

    private static void check(GoldenFile file, String tensor, Checks checks) {
        Matcher dev = OF_DEV.matcher(tensor);
        Matcher schnell = OF_SCHNELL.matcher(tensor);
        if (dev.matches()) {
            FlowSchedule schedule =
                    FlowSchedule.of(DEV, Integer.parseInt(dev.group(2)), Integer.parseInt(dev.group(3)));
            compare(file, tensor, schedule, checks);
            // One without the other was taken away.
            file.golden("sigmas." + dev.group(1)).shape();
            file.golden("timesteps." + dev.group(1)).shape();
        } else if (schnell.matches()) {
            // Without dynamic shifting the length does not count; the reference kept no timesteps of these.
            compare(file, tensor, FlowSchedule.of(SCHNELL, Integer.parseInt(schnell.group(2)), 1), checks);
        }
    }

    private static void compare(GoldenFile file, String tensor, FlowSchedule schedule, Checks checks) {
        checks.compare(
                file.golden(tensor),
                Tolerance.EXACT,
                tensor.startsWith("sigmas") ? schedule.sigmas() : schedule.timesteps());
    }
}
