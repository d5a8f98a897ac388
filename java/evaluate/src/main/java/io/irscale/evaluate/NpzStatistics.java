package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Statistics of real images in a {@code .npz}: {@code mu} (d) and {@code sigma} (d, d), divided by N - 1, of pytorch-fid and
 * clean-fid, or {@code feats} (N, d) of clean-fid's KID, which are taken where a file has both. Such a file does not say
 * what made it: of what one can know, only d is held against the encoder.
 */
public final class NpzStatistics {
    private static final String MU = "mu";
    private static final String SIGMA = "sigma";
    private static final String FEATS = "feats";
    private static final int MOST_NAMES = 8;
    // Covariances of float32 are below 1e77; squares of what is let through do not overflow.
    private static final double LARGEST = 1e100;

    private final Path file;
    private final List<String> arrays;
    private final Map<String, NpyHeader> headers;

    private NpzStatistics(Path file, List<String> arrays, Map<String, NpyHeader> headers) {
        this.file = file;
        this.arrays = arrays;
        this.headers = headers;
    }

    /**
     * Looks at what the file holds; its numbers are not read yet.
     *
     * @throws InvalidInputException if it is no {@code .npz}, has no such arrays, or their shapes do not fit
     */
    public static NpzStatistics open(Path file) {
        try (NpzFile npz = NpzFile.open(file)) {
            List<String> arrays = npz.arrays();
            List<String> used = arrays.contains(FEATS) ? List.of(FEATS) : List.of(MU, SIGMA);
            if (!arrays.containsAll(used)) {
                throw new InvalidInputException(
                        "%s: holds %s; expected mu and sigma, as pytorch-fid and clean-fid keep them, or feats"
                                .formatted(file, names(arrays)));
            }
            Map<String, NpyHeader> headers = new LinkedHashMap<>();
            used.forEach(array -> headers.put(array, npz.header(array)));
            NpzStatistics statistics = new NpzStatistics(file, arrays, headers);
            statistics.requireShapes();
            return statistics;
        }
    }

    private void requireShapes() {
        String shapes = headers.entrySet().stream()
                .map(array -> array.getKey() + " of shape " + array.getValue().shapeText())
                .collect(Collectors.joining(" and "));
        if (headers.containsKey(FEATS)) {
            List<Integer> shape = header(FEATS).shape();
            if (shape.size() != 2 || shape.getFirst() < 2) {
                throw new InvalidInputException(
                        "%s: holds %s, expected (N, d) with N at least 2".formatted(file, shapes));
            }
        } else {
            List<Integer> mu = header(MU).shape();
            if (mu.size() != 1 || !header(SIGMA).shape().equals(List.of(mu.getFirst(), mu.getFirst()))) {
                throw new InvalidInputException("%s: holds %s, expected (d,) and (d, d)".formatted(file, shapes));
            }
        }
    }

    /** How many images there are features of; empty where mean and covariance alone are known. */
    public OptionalInt images() {
        return headers.containsKey(FEATS) ? OptionalInt.of(header(FEATS).shape().getFirst()) : OptionalInt.empty();
    }

    /** What of the file is used, what is not, and what it does not say, in one line. */
    public String description() {
        String holds = images().isPresent()
                ? "feats of %d images in %d dimensions".formatted(images().getAsInt(), dimensions())
                : "mu and sigma of %d dimensions, by which fd alone is measured".formatted(dimensions());
        List<String> others =
                arrays.stream().filter(array -> !headers.containsKey(array)).toList();
        return "%s: %s; the file does not say which network, weights and resizing made it, expected the encoder's%s"
                .formatted(file, holds, others.isEmpty() ? "" : "; left out: " + names(others));
    }

    /**
     * Reads them.
     *
     * @param encoder of the images that are compared with them
     * @throws InvalidInputException if it has another d, a number is NaN or above 1e100, or {@code sigma} is no covariance
     */
    public ReferenceSet read(FeatureEncoder encoder) {
        int d = encoder.dimensions();
        if (d != dimensions()) {
            throw new InvalidInputException(
                    "%s: statistics of %d dimensions are of another network, expected %d as encoder %s has"
                            .formatted(file, dimensions(), d, encoder.name()));
        }
        FeatureSource source =
                FeatureSource.of(encoder, file + ", which does not say what network, weights and resizing made it");
        try (NpzFile npz = NpzFile.open(file)) {
            return images().isPresent()
                    ? ReferenceSet.of(source, features(npz))
                    : new ReferenceSet(source, moments(npz), Optional.empty());
        }
    }

    private Features features(NpzFile npz) {
        NpyHeader header = header(FEATS);
        float[] values = new float[header.count()];
        npz.read(FEATS, header, (at, value) -> values[at] = (float) number(FEATS, at, (float) value));
        return Features.of(values, header.shape().getFirst(), dimensions());
    }

    private Moments moments(NpzFile npz) {
        return new Moments(
                doubles(npz, MU),
                Covariance.factor(
                        file + ": " + SIGMA,
                        doubles(npz, SIGMA),
                        dimensions(),
                        header(SIGMA).type().rounding()));
    }

    private double[] doubles(NpzFile npz, String array) {
        double[] values = new double[header(array).count()];
        npz.read(array, header(array), (at, value) -> values[at] = number(array, at, value));
        return values;
    }

    private double number(String array, int at, double value) {
        if (!(Math.abs(value) <= LARGEST)) {
            throw new InvalidInputException("%s: %s holds %s in row %d, column %d, expected numbers up to %s"
                    .formatted(file, array, value, at / dimensions(), at % dimensions(), LARGEST));
        }
        return value;
    }

    private int dimensions() {
        return headers.values().iterator().next().shape().getLast();
    }

    private NpyHeader header(String array) {
        return Objects.requireNonNull(headers.get(array));
    }

    private static String names(List<String> arrays) {
        List<String> some = arrays.stream()
                .limit(MOST_NAMES)
                .map(name -> name.length() <= 40 ? name : name.substring(0, 40) + "…")
                .toList();
        String more = arrays.size() > some.size() ? " and %d more".formatted(arrays.size() - some.size()) : "";
        return arrays.isEmpty() ? "no arrays" : String.join(", ", some) + more;
    }
}
