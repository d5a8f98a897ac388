package io.irscale.cli.parity;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Runs the stages of one golden folder and collects what they find. */
final class Parity {
    static final String UNKNOWN = "unknown tensor";

    private final GoldenFolder goldens;
    private final Checks checks = new Checks();
    private final Set<String> done = new HashSet<>();

    Parity(GoldenFolder goldens) {
        this.goldens = goldens;
    }

    /**
     * Runs all stages.
     *
     * @param options names the folder's pipeline, the tokenizers, libtorch and the device; the dtype is the stages' own
     * @throws io.irscale.error.InvalidInputException if the pipeline cannot be opened
     */
    static Report run(GoldenFolder goldens, EngineOptions options) {
        Parity parity = new Parity(goldens);
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            List<Stage> stages = parity.stages().stream()
                    .filter(stage -> stage.dtype() == dtype)
                    .toList();
            if (!stages.isEmpty()) {
                try (Engine engine = Engine.open(options.in(dtype))) {
                    parity.run(stages, engine);
                }
            }
        }
        return parity.report();
    }

    /** What the folder has goldens for, or should have. */
    List<Stage> stages() {
        List<Stage> stages = new ArrayList<>();
        if (goldens.shared(TokenizerStage.FILE).isPresent()) {
            stages.add(new TokenizerStage());
        }
        if (goldens.shared(ScheduleStage.FILE).isPresent()) {
            stages.add(new ScheduleStage());
        }
        stages.addAll(
                List.of(new TokenStage(), new TextStage(), new TransformerStage(), new VaeStage(), new ClipStage()));
        goldens.manifest().runs().forEach(run -> stages.add(new RunStage(run)));
        if (LoraStage.isIn(goldens)) {
            stages.add(new LoraStage());
        }
        return stages;
    }

    /** Runs stages of one dtype on an engine of that dtype. */
    void run(List<Stage> stages, Engine engine) {
        engine.call(pipeline -> {
            for (Stage stage : stages) {
                checks.attempt(stage.name(), GoldenFile.WHOLE, () -> stage.run(pipeline, goldens, checks));
                done.add(stage.name());
            }
            return stages;
        });
    }

    /** What the stages so far have found. */
    Report report() {
        List<Comparison> lines = new ArrayList<>(checks.comparisons());
        lines.addAll(unused());
        return new Report(lines, notes());
    }

    /** What no stage compared is wrong as well: a name that nobody knows, or the victim of an earlier failure. */
    private List<Comparison> unused() {
        boolean stopped = checks.comparisons().stream()
                .anyMatch(line -> line.error() == null && line.verdict().fails());
        String note = stopped ? "not compared, for the failures above" : UNKNOWN;
        return goldens.opened().stream()
                .filter(file -> done.contains(file.name()))
                .flatMap(file ->
                        file.unused().stream().map(tensor -> Comparison.told(file.name(), tensor, Verdict.FAIL, note)))
                .toList();
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (String shared : List.of(TokenizerStage.FILE, ScheduleStage.FILE)) {
            if (goldens.shared(shared).isEmpty()) {
                notes.add(shared + ": neither in the folder nor in the one above, not checked");
            }
        }
        Set<String> known = stages().stream().map(Stage::name).collect(Collectors.toSet());
        goldens.names().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> notes.add(name + GoldenFolder.EXTENSION + ": ignored, no stage reads it"));
        return notes;
    }
}
