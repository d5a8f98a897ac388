package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;

/**
 * What real images are compared by, kept in a safetensors file: {@code features} (N, d) in F32, {@code mean} (d) and
 * {@code factor} (min(N, d), d) in F64, where {@code factorᵀ·factor} is the covariance; the source and the count stand
 * in the metadata.
 *
 * @param source what the features were made of
 * @param features of the images
 * @param moments of the features
 */
public record ReferenceStatistics(FeatureSource source, Features features, Moments moments) {
    private static final String COUNT = "count";
    private static final String DATASET = "dataset";

    /**
     * Computes the moments.
     *
     * @throws InvalidInputException if there are fewer than 2 images
     */
    public static ReferenceStatistics of(FeatureSource source, Features features) {
        return new ReferenceStatistics(source, features, Moments.of(features));
    }

    /**
     * Writes them, replacing {@code file} at once or not at all.
     *
     * @throws InvalidInputException if the file cannot be written
     */
    public void write(Path file) {
        long n = features.count();
        long d = features.dimensions();
        DMatrixRMaj factor = moments.factor();
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = List.of(
                    stored(file, "features", DType.F32, List.of(n, d), floats(arena, features.values())),
                    stored(file, "mean", DType.F64, List.of(d), doubles(arena, moments.mean())),
                    stored(file, "factor", DType.F64, List.of((long) factor.numRows, d), doubles(arena, factor.data)));
            Map<String, String> metadata = describe(source);
            metadata.put(COUNT, Long.toString(n));
            SafetensorsWriter.write(file, tensors, metadata);
        }
    }

    /**
     * Reads them if they are of {@code expected}.
     *
     * @param file written by {@link #write}
     * @throws InvalidInputException if they were made of something else, naming it, or the file is malformed
     */
    public static ReferenceStatistics read(Path file, FeatureSource expected) {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return read(file, checkpoint, expected);
        }
    }

    /**
     * Reads them if {@code encoder} made them, of whatever images.
     *
     * @param file written by {@link #write}
     * @throws InvalidInputException if another encoder made them, naming it, or the file is malformed
     */
    public static ReferenceStatistics read(Path file, FeatureEncoder encoder) {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            String dataset = checkpoint.metadata().getOrDefault(DATASET, "");
            return read(file, checkpoint, FeatureSource.of(encoder, dataset));
        }
    }

    /** The same, to compare with. */
    public ReferenceSet set() {
        return new ReferenceSet(source, moments, Optional.of(features));
    }

    private static ReferenceStatistics read(Path file, Checkpoint checkpoint, FeatureSource expected) {
        describe(expected).forEach((key, value) -> requireMetadata(file, checkpoint, key, value));
        StoredTensor stored = checkpoint.tensor("features");
        if (stored.dtype() != DType.F32 || stored.shape().size() != 2) {
            throw wrong(stored, "F32 of shape (N, d)");
        }
        int n = Math.toIntExact(stored.shape().getFirst());
        int d = Math.toIntExact(stored.shape().getLast());
        requireMetadata(file, checkpoint, COUNT, Integer.toString(n));
        Features features = Features.of(stored.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED), n, d);
        int rows = Math.min(n, d);
        double[] mean = doubles(checkpoint.tensor("mean"), List.of((long) d));
        double[] factor = doubles(checkpoint.tensor("factor"), List.of((long) rows, (long) d));
        return new ReferenceStatistics(expected, features, new Moments(mean, matrix(rows, d, factor)));
    }

    private static Map<String, String> describe(FeatureSource source) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("encoder", source.encoder());
        metadata.put("weights_sha256", source.weights());
        metadata.put("preprocessing", source.preprocessing());
        metadata.put(DATASET, source.dataset());
        return metadata;
    }

    private static void requireMetadata(Path file, Checkpoint checkpoint, String key, String expected) {
        String actual = checkpoint.metadata().get(key);
        if (!expected.equals(actual)) {
            throw new InvalidInputException("%s: statistics of %s '%s', expected '%s'"
                    .formatted(file, key, oneLine(actual == null ? "" : actual), oneLine(expected)));
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static InvalidInputException wrong(StoredTensor tensor, String expected) {
        return new InvalidInputException("%s: tensor '%s' is %s of shape %s, expected %s"
                .formatted(tensor.file(), tensor.name(), tensor.dtype(), tensor.shape(), expected));
    }

    private static double[] doubles(StoredTensor tensor, List<Long> shape) {
        if (tensor.dtype() != DType.F64 || !tensor.shape().equals(shape)) {
            throw wrong(tensor, "F64 of shape " + shape);
        }
        double[] values = tensor.data().toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new InvalidInputException("%s: tensor '%s' holds %s, expected finite numbers"
                        .formatted(tensor.file(), tensor.name(), value));
            }
        }
        return values;
    }

    private static DMatrixRMaj matrix(int rows, int columns, double[] values) {
        DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
        System.arraycopy(values, 0, matrix.data, 0, values.length);
        return matrix;
    }

    private static StoredTensor stored(Path file, String name, DType dtype, List<Long> shape, MemorySegment data) {
        return new StoredTensor(name, dtype, shape, data, file);
    }

    private static MemorySegment floats(Arena arena, float[] values) {
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    private static MemorySegment doubles(Arena arena, double[] values) {
        return arena.allocateFrom(ValueLayout.JAVA_DOUBLE, values);
    }
}
