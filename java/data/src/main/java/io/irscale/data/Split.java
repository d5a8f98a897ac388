package io.irscale.data;

import io.irscale.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Named parts of data that share no group and no file: what trained the LoRA or the verifier is not what the images are
 * compared with. Immutable.
 */
public final class Split {
    private final Map<String, Dataset> parts;

    private Split(Map<String, Dataset> parts) {
        this.parts = parts;
    }

    /**
     * Deals whole groups out. They come in the order of SHA-256 over seed and name, each to the part that lacks the most
     * images, so that the same folder and seed give the same parts on every machine.
     *
     * @param fractions of the images by the part's name, above 0, with a sum of 1; met as closely as whole groups allow
     * @throws InvalidInputException if a fraction is not above 0, the sum is not 1, or a part stays empty
     */
    public static Split byGroup(Dataset dataset, Map<String, Double> fractions, long seed) {
        fractions.forEach((name, fraction) -> {
            if (!(fraction > 0)) {
                throw new InvalidInputException("split %s: fraction %s, expected above 0".formatted(name, fraction));
            }
        });
        double sum =
                fractions.values().stream().mapToDouble(Double::doubleValue).sum();
        if (!(Math.abs(sum - 1) < 1e-9)) {
            throw new InvalidInputException("split: fractions add up to %s, expected 1".formatted(sum));
        }
        Map<String, Double> lacking = new LinkedHashMap<>();
        Map<String, List<Sample>> dealt = new LinkedHashMap<>();
        fractions.forEach((name, fraction) -> {
            lacking.put(name, fraction * dataset.samples().size());
            dealt.put(name, new ArrayList<>());
        });
        for (List<Sample> group : shuffled(dataset, seed)) {
            String name = Collections.max(lacking.entrySet(), Map.Entry.comparingByValue())
                    .getKey();
            lacking.merge(name, -(double) group.size(), Double::sum);
            dealt.getOrDefault(name, List.of()).addAll(group);
        }
        Map<String, Dataset> parts = new LinkedHashMap<>();
        dealt.forEach((name, samples) -> {
            if (samples.isEmpty()) {
                throw new InvalidInputException("split %s: is empty; %d images in %d groups do not fill %s"
                        .formatted(
                                name, dataset.samples().size(), dataset.groups().size(), fractions));
            }
            parts.put(name, dataset.with(samples));
        });
        return of(parts);
    }

    /**
     * Parts that someone else made, such as the folders a dataset came in.
     *
     * @throws InvalidInputException if two of them share a group or a file
     */
    public static Split of(Map<String, Dataset> parts) {
        Map<String, String> groups = new HashMap<>();
        Map<String, String> files = new HashMap<>();
        parts.forEach((name, part) -> part.samples().forEach(sample -> {
            refuse(name, groups.putIfAbsent(sample.group(), name), "group " + sample.group());
            String file = sample.image().identity();
            refuse(name, files.putIfAbsent(file, name), file);
        }));
        return new Split(Collections.unmodifiableMap(new LinkedHashMap<>(parts)));
    }

    private static void refuse(String part, @Nullable String owner, String what) {
        if (owner != null && !owner.equals(part)) {
            throw new InvalidInputException(
                    "split: %s is in %s and in %s, expected in one".formatted(what, owner, part));
        }
    }

    private static List<List<Sample>> shuffled(Dataset dataset, long seed) {
        Map<String, List<Sample>> groups = dataset.samples().stream()
                .collect(Collectors.groupingBy(Sample::group, LinkedHashMap::new, Collectors.toList()));
        return groups.entrySet().stream()
                .sorted(Comparator.comparing(group -> order(seed, group.getKey())))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static String order(long seed, String group) {
        try {
            byte[] text = (seed + " " + group).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The parts by name, in the order in which they were named. */
    public Map<String, Dataset> parts() {
        return parts;
    }

    /**
     * One part.
     *
     * @throws InvalidInputException if there is none of that name
     */
    public Dataset part(String name) {
        Dataset part = parts.get(name);
        if (part == null) {
            throw new InvalidInputException(
                    "split %s: is not there, expected one of %s".formatted(name, parts.keySet()));
        }
        return part;
    }
}
