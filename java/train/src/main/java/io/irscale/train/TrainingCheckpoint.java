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
    private static final String ARITHMETIC = "arithmetic";

    private final Path file;
    private final String description;
    private final String arithmetic;

    /** {@code arithmetic}: see {@link io.irscale.Diagnostics#arithmetic}. */
    TrainingCheckpoint(Path folder, String description, String arithmetic) {
        this.file = folder.resolve("checkpoint.safetensors");
        this.description = description;
        this.arithmetic = arithmetic;
    }

    /**
     * Where a run goes on.
     *
     * @param step steps behind it, 0 of a run that begins
     * @param arithmetic that it was trained with so far
     */
    record Place(long step, String arithmetic) {}

    void save(Optimizers optimizers, long step) {
        optimizers.save(file, Map.of(STEP, Long.toString(step), DESCRIPTION, description, ARITHMETIC, arithmetic));
    }

    /** Puts the weights back where the file has them. */
    Place restore(Optimizers optimizers) {
        if (!Files.exists(file)) {
            return new Place(0, arithmetic);
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            String theirs = checkpoint.metadata().getOrDefault(DESCRIPTION, "");
            if (!theirs.equals(description)) {
                throw new InvalidInputException("%s: belongs to the run '%s', expected '%s'; choose another folder"
                        .formatted(file, theirs, description));
            }
            long step = Long.parseLong(checkpoint.metadata().getOrDefault(STEP, "0"));
            optimizers.restore(checkpoint, step);
            return new Place(step, checkpoint.metadata().getOrDefault(ARITHMETIC, "an unknown one"));
        } catch (NumberFormatException e) {
            throw new InvalidInputException(file + ": its step is no number", e);
        }
    }
}
