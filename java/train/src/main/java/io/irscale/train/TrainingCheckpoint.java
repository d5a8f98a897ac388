package io.irscale.train;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where a run can go on: one file, replaced at once, so that whatever kills the run leaves a whole one. */
final class TrainingCheckpoint {
    private static final String STEP = "step";
    private static final String DESCRIPTION = "description";

    private final Path file;
    private final String description;

    TrainingCheckpoint(Path folder, String description) {
        this.file = folder.resolve("checkpoint.safetensors");
        this.description = description;
    }

    void save(Optimizers optimizers, long step) {
        optimizers.save(file, Map.of(STEP, Long.toString(step), DESCRIPTION, description));
    }

    /** Puts the weights back where the file has them; the steps behind it, 0 without one. */
    long restore(Optimizers optimizers) {
        if (!Files.exists(file)) {
            return 0;
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            String theirs = checkpoint.metadata().getOrDefault(DESCRIPTION, "");
            if (!theirs.equals(description)) {
                throw new InvalidInputException("%s: belongs to the run '%s', expected '%s'; choose another folder"
                        .formatted(file, theirs, description));
            }
            long step = Long.parseLong(checkpoint.metadata().getOrDefault(STEP, "0"));
            optimizers.restore(checkpoint, step);
            return step;
        } catch (NumberFormatException e) {
            throw new InvalidInputException(file + ": its step is no number", e);
        }
    }
}
