package io.irscale.cli;

import java.util.Comparator;
import java.util.List;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** What a user may have meant. */
public final class Nearest {
    private static final int SHOWN = 3;

    private Nearest() {}

    /** The known names that are most like a wrong one, for the end of a message. */
    public static String hint(String wrong, List<String> known) {
        JaroWinklerSimilarity likeness = new JaroWinklerSimilarity();
        List<String> nearest = known.stream()
                .sorted(Comparator.comparingDouble(name -> -likeness.apply(wrong, name)))
                .limit(SHOWN)
                .toList();
        return nearest.isEmpty() ? "it has none" : "nearest are " + String.join(", ", nearest);
    }
}
