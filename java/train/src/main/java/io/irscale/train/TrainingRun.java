package io.irscale.train;

import io.irscale.Diagnostics;
import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Trains an objective in a folder: {@code checkpoint.safetensors} to go on from, {@code log.jsonl} and
 * {@code curves.png} of its losses, pictures, and the model at the end. A run that was killed goes on from its
 * last checkpoint and ends with the same weights as one that was not, bit by bit on the same processor, libtorch and
 * number of threads.
 */
public final class TrainingRun {
    private final Path folder;
    private final Objective objective;
    private final TrainingSettings settings;
    private final TrainingListener listener;

    /** A run in {@code folder}, which is made where it is missing. Borrows the objective. */
    public TrainingRun(Path folder, Objective objective, TrainingSettings settings, TrainingListener listener) {
        this.folder = folder;
        this.objective = objective;
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * Trains until all steps are made or the listener cancels.
     *
     * @param description of everything that must not change between a run and its continuation
     * @return whether all steps are made and the model is saved
     * @throws InvalidInputException if the folder's checkpoint is of another description, a file cannot be written, or
     *     the loss is not finite
     */
    public boolean train(String description) {
        AtomicFile.makeFolder(folder);
        try (Optimizers optimizers = new Optimizers(objective.parameters(), settings.average() > 0)) {
            String arithmetic = Diagnostics.arithmetic(
                    objective.parameters().values().iterator().next().device());
            TrainingCheckpoint checkpoint = new TrainingCheckpoint(folder, description, arithmetic);
            TrainingCheckpoint.Place place = checkpoint.restore(optimizers);
            long step = place.step();
            TrainingLog log = TrainingLog.open(folder, step);
            if (step > 0) {
                listener.resumed(step);
            }
            if (!place.arithmetic().equals(arithmetic)) {
                listener.roundsOtherwise(place.arithmetic(), arithmetic);
            }
            while (step < settings.steps() && !listener.isCancelled()) {
                Map<String, Double> losses = step(optimizers, step);
                step++;
                log.training(step, losses);
                listener.stepped(step, losses);
                boolean last = step == settings.steps();
                if (last || step % settings.validateEvery() == 0) {
                    look(optimizers, log, step);
                }
                if (last || step % settings.saveEvery() == 0) {
                    log.flush();
                    checkpoint.save(optimizers, step);
                }
            }
            log.flush();
            if (step < settings.steps()) {
                checkpoint.save(optimizers, step);
                return false;
            }
            optimizers.withAverages(() -> objective.save(folder));
            return true;
        }
    }

    private Map<String, Double> step(Optimizers optimizers, long step) {
        Map<String, Double> means = new LinkedHashMap<>();
        for (int part = 0; part < settings.accumulate(); part++) {
            objective
                    .backward(step, part, 1f / settings.accumulate())
                    .forEach((name, loss) -> means.merge(name, loss / settings.accumulate(), Double::sum));
            optimizers.gather();
        }
        means.forEach((name, loss) -> {
            if (!Double.isFinite(loss)) {
                throw new InvalidInputException(
                        "%s of step %d is %s, expected a finite number; a smaller learning rate may help"
                                .formatted(name, step, loss));
            }
        });
        means.put("gradient", optimizers.step(settings.at(step)));
        return means;
    }

    private void look(Optimizers optimizers, TrainingLog log, long step) {
        optimizers.withAverages(() -> {
            Map<String, Double> losses = objective.validate();
            log.validation(step, losses);
            listener.validated(step, losses);
            objective.picture(folder, step);
        });
        Curves.draw(folder.resolve("curves.png"), log);
    }
}
