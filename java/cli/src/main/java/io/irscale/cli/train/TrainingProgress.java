package io.irscale.cli.train;

import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.train.TrainingListener;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells a person how a training goes on, and ends it when asked to. */
public final class TrainingProgress implements TrainingListener {
    private final ProgressView progress;
    private final Interruption interruption;

    /** Borrows both. */
    public TrainingProgress(ProgressView progress, Interruption interruption) {
        this.progress = progress;
        this.interruption = interruption;
    }

    @Override
    public void resumed(long step) {
        progress.goesOnAfter(step);
    }

    @Override
    public void roundsOtherwise(String before, String now) {
        progress.warn(
                "this run will not end with the very weights of an uninterrupted one, for it goes on with %s and was on %s"
                        .formatted(now, before));
    }

    @Override
    public void stepped(long done, Map<String, Double> losses) {
        progress.reached(done, Double.NaN);
    }

    @Override
    public void validated(long done, Map<String, Double> losses) {
        progress.note("step %d, validation: %s"
                .formatted(
                        done,
                        losses.entrySet().stream()
                                .map(loss -> String.format(Locale.ROOT, "%s %.4f", loss.getKey(), loss.getValue()))
                                .collect(Collectors.joining(", "))));
    }

    @Override
    public boolean isCancelled() {
        return interruption.isAsked();
    }
}
