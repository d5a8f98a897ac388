package io.irscale.bench;

import io.irscale.data.image.ImageSource;
import io.irscale.data.image.RangeChoice;
import io.irscale.data.image.Scaling;
import io.irscale.data.image.ScalingRule;
import io.irscale.data.layout.Datasets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads folders of images as training does, to values in [0, 1], and prints milliseconds an image for each: the median of
 * rounds over all of them after two rounds to warm up. {@code bench/peers/images} does the same by Pillow and tifffile, in turns.
 */
public final class ImageReading {
    private static final int WARMUP = 2;

    private ImageReading() {}

    /** Arguments: rounds, then folders; those whose names begin with {@code counts} are read by percentiles. */
    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        for (String folder : List.of(arguments).subList(1, arguments.length)) {
            Path path = Path.of(folder);
            List<ImageSource> images = Datasets.open(path).sources();
            boolean counts = path.getFileName().toString().startsWith("counts");
            Optional<RangeChoice> choice =
                    counts ? Optional.of(RangeChoice.parse("percentile:1,99")) : Optional.empty();
            Scaling scaling = ScalingRule.of(folder, choice, images, _ -> {}).scaling();
            double[] times = new double[rounds];
            for (int round = -WARMUP; round < rounds; round++) {
                long start = System.nanoTime();
                double sum = 0;
                for (ImageSource image : images) {
                    sum += scaling.read(image).values()[0];
                }
                if (round >= 0) {
                    times[round] = (System.nanoTime() - start) / 1e6 / images.size();
                }
                if (Double.isNaN(sum)) {
                    throw new IllegalStateException(folder + ": values are no numbers");
                }
            }
            Arrays.sort(times);
            System.out.printf(
                    Locale.ROOT,
                    "%s %.3f %.3f %.3f%n",
                    path.getFileName(),
                    times[rounds / 2],
                    times[0],
                    times[rounds - 1]);
        }
    }
}
