package io.irscale.cli.reproduce;

import io.irscale.cli.TrainingSets;
import io.irscale.data.Dataset;
import io.irscale.data.Frames;
import io.irscale.data.Sample;
import io.irscale.error.InvalidInputException;
import io.irscale.train.ImageWindows;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who sees what. The generator's LoRA and the verifier share no frame, and neither sees one that is compared with.
 *
 * @param lora at most a hundred frames of the target, spread over its groups
 * @param verifier the target's other training frames
 * @param judges all training frames
 * @param reference the target's validation frames
 */
record Material(ImageWindows lora, ImageWindows verifier, ImageWindows judges, ImageWindows reference) {
    /** @throws InvalidInputException if there is nothing of the target, or too little to share out */
    static Material of(Recipe recipe, PrintWriter err) {
        TrainingSets sets = TrainingSets.open(recipe.data(), recipe.validation(), recipe.range(), err);
        Dataset training = sets.training().dataset();
        List<Sample> samples = recipe.target().of(training).samples();
        int shown = Math.min(recipe.extent().loraImages(), samples.size() / 2);
        if (shown == 0) {
            throw new InvalidInputException("%s: has %d images of %s, expected at least 2"
                    .formatted(recipe.data(), samples.size(), recipe.target()));
        }
        Set<Sample> few = new HashSet<>();
        for (int i = 0; i < shown; i++) {
            few.add(samples.get((int) ((long) i * samples.size() / shown)));
        }
        Set<Sample> others = new HashSet<>(samples);
        others.removeAll(few);
        Frames frames = Frames.read(training, sets.training().scaling(), count -> {});
        Dataset reference = recipe.target().of(sets.validation().dataset());
        return new Material(
                windows(frames.where(few::contains), recipe),
                windows(frames.where(others::contains), recipe),
                windows(frames, recipe),
                windows(Frames.read(reference, sets.validation().scaling(), count -> {}), recipe));
    }

    private static ImageWindows windows(Frames frames, Recipe recipe) {
        return new ImageWindows(frames, recipe.window(), recipe.size());
    }
}
