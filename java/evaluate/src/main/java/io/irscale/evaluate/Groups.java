package io.irscale.evaluate;

import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Rows that are drawn together: the images of one prompt are no independent samples. Immutable. */
public final class Groups {
    private final Map<String, List<Integer>> groups;
    private final List<List<Integer>> inOrder;
    private final int count;

    private Groups(Map<String, List<Integer>> groups, int count) {
        this.groups = groups;
        this.inOrder = List.copyOf(groups.values());
        this.count = count;
    }

    /**
     * Rows with the same label make a group.
     *
     * @param labels one a row, such as its prompt
     * @throws InvalidInputException if there are fewer than 2 groups
     */
    public static Groups by(List<String> labels) {
        Map<String, List<Integer>> groups = new LinkedHashMap<>();
        for (int row = 0; row < labels.size(); row++) {
            groups.computeIfAbsent(labels.get(row), label -> new ArrayList<>()).add(row);
        }
        if (groups.size() < 2) {
            throw new InvalidInputException(
                    "bootstrap: %d rows make %d groups, expected at least 2".formatted(labels.size(), groups.size()));
        }
        return new Groups(groups, labels.size());
    }

    /**
     * Every row is a group of its own, with its number as its label.
     *
     * @throws InvalidInputException if there are fewer than 2 rows
     */
    public static Groups single(int count) {
        return by(IntStream.range(0, count).mapToObj(Integer::toString).toList());
    }

    /** The number of groups. */
    public int size() {
        return inOrder.size();
    }

    /** The number of rows. */
    public int count() {
        return count;
    }

    /** The same groups in the order of {@code other}, which has to have the same labels. */
    Groups inOrderOf(Groups other) {
        Set<String> unpaired = new LinkedHashSet<>(other.groups.keySet());
        unpaired.removeAll(groups.keySet());
        if (!unpaired.isEmpty() || size() != other.size()) {
            throw new InvalidInputException(
                    "bootstrap: one arm has %d groups, the other %d, %d of the first are not in the second; expected the same groups"
                            .formatted(other.size(), size(), unpaired.size()));
        }
        Map<String, List<Integer>> ordered = new LinkedHashMap<>();
        other.groups.keySet().forEach(label -> ordered.put(label, groups.getOrDefault(label, List.of())));
        return new Groups(ordered, count);
    }

    /** The rows of the groups with these indices, which may repeat. */
    int[] rows(int[] drawn) {
        return IntStream.of(drawn)
                .flatMap(group -> inOrder.get(group).stream().mapToInt(Integer::intValue))
                .toArray();
    }
}
