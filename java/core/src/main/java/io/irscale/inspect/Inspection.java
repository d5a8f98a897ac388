package io.irscale.inspect;

import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was found in one place.
 *
 * @param path the file or folder
 * @param what what it is, as a noun
 * @param use what irscale can use it for; empty where it cannot
 * @param values how many numbers its model's tensors have
 * @param stored bytes by the format they are stored in, such as {@code BF16} or {@code Q4_K}
 * @param notes what else a user should know
 * @param problems why it cannot be used, or what is missing; empty where it can
 */
public record Inspection(
        Path path,
        String what,
        String use,
        long values,
        Map<String, Long> stored,
        List<String> notes,
        List<String> problems) {
    /** Of a model's tensors, all there. */
    static Inspection of(
            Path path,
            String what,
            String use,
            Collection<StoredTensor> tensors,
            List<String> notes,
            List<String> problems) {
        Map<String, Long> stored = new TreeMap<>();
        tensors.forEach(tensor -> stored.merge(tensor.format(), tensor.storedBytes(), Long::sum));
        long values = tensors.stream().mapToLong(StoredTensor::elements).sum();
        return new Inspection(path, what, use, values, stored, notes, problems);
    }

    /** Of what is no model's weights. */
    static Inspection of(Path path, String what, String use) {
        return new Inspection(path, what, use, 0, Map.of(), List.of(), List.of());
    }

    /** Of what cannot be used. */
    static Inspection refused(Path path, String what, String problem) {
        return new Inspection(path, what, "", 0, Map.of(), List.of(), List.of(problem));
    }

    /** Whether irscale can use it as it is. */
    public boolean usable() {
        return problems.isEmpty();
    }

    /** Bytes that a model in a dtype of that many bytes takes in memory, its weights alone. */
    public long memory(int bytesOfValue) {
        return values * bytesOfValue;
    }
}
