package io.irscale.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The parts that a dataset's authors made, as its attribute {@code split} names them: {@code train}, and {@code val} or
 * else {@code test}. KAIST's sets 0 to 5 and 6 to 11 are such, and the folders of most others.
 *
 * @param training to train on
 * @param validation to validate on, or to compare with
 */
public record OwnSplit(Dataset training, Dataset validation) {
    /** Empty where the dataset has no such parts. */
    public static Optional<OwnSplit> of(Dataset dataset) {
        Optional<Dataset> training = part(dataset, "train");
        Optional<Dataset> validation = Stream.of("val", "test")
                .flatMap(name -> part(dataset, name).stream())
                .findFirst();
        return training.flatMap(first -> validation.map(second -> new OwnSplit(first, second)));
    }

    private static Optional<Dataset> part(Dataset dataset, String name) {
        Predicate<Sample> isOfPart = sample -> sample.attributes()
                .getOrDefault("split", "")
                .toLowerCase(Locale.ROOT)
                .contains(name);
        List<Sample> samples = dataset.samples().stream().filter(isOfPart).toList();
        return samples.isEmpty() ? Optional.empty() : Optional.of(dataset.with(samples));
    }
}
