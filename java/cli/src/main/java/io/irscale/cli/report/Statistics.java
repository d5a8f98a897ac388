package io.irscale.cli.report;

import java.util.List;
import java.util.OptionalDouble;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/** What many numbers say together. */
final class Statistics {
    private Statistics() {}

    /** The median; empty for no numbers. */
    static OptionalDouble median(List<Double> values) {
        return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(StatUtils.percentile(array(values), 50));
    }

    /** Spearman's rank correlation, -1 to 1; empty for fewer than three pairs, or where one side is all the same. */
    static OptionalDouble rankCorrelation(List<Double> x, List<Double> y) {
        if (x.size() < 3) {
            return OptionalDouble.empty();
        }
        double value = new SpearmansCorrelation().correlation(array(x), array(y));
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
