package io.irscale.cli;

import io.irscale.data.Dataset;
import io.irscale.data.image.ImageSource;
import io.irscale.data.image.RangeChoice;
import io.irscale.data.image.Scaling;
import io.irscale.data.image.ScalingRule;
import io.irscale.data.layout.Datasets;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A data set that a user named, and what makes its samples grey levels.
 *
 * @param dataset the images
 * @param scaling for all of them
 */
public record ImageSet(Dataset dataset, Scaling scaling) {
    /**
     * Opens it, and tells what was chosen and left out.
     *
     * @param folder the data set
     * @param choice which counts shall be black and white; empty for pictures
     * @param err where it is told
     */
    public static ImageSet open(Path folder, Optional<RangeChoice> choice, PrintWriter err) {
        Dataset dataset = dataset(folder, err);
        return new ImageSet(dataset, scaling(folder.toString(), choice, dataset.sources(), err));
    }

    /** Opens a data set without looking at its images, and tells what was chosen and left out. */
    public static Dataset dataset(Path folder, PrintWriter err) {
        Dataset dataset = Datasets.open(folder);
        tell(dataset.notes().stream().map(note -> folder + ": " + note).toList(), err);
        return dataset;
    }

    /** Other images that are compared with these, or validated on: the same counts are black and white in them. */
    public ImageSet like(Path folder, PrintWriter err) {
        return open(folder, scaling.choice(), err);
    }

    /**
     * Looks at images, and tells what is made of their samples.
     *
     * @param name of the set, for messages
     * @param choice which counts shall be black and white; empty for pictures
     */
    public static Scaling scaling(
            String name, Optional<RangeChoice> choice, List<ImageSource> images, PrintWriter err) {
        try (ProgressView progress = ProgressView.ofLooks(err, images.size())) {
            ScalingRule rule = ScalingRule.of(name, choice, images, done -> progress.reached(done, Double.NaN));
            tell(rule.notes(), err);
            return rule.scaling();
        }
    }

    private static void tell(List<String> notes, PrintWriter err) {
        notes.forEach(note -> err.println("irscale: " + OneLine.of(note)));
        err.flush();
    }
}
