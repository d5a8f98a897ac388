package io.irscale.cli.parity;

import java.util.List;

/**
 * What came of a folder.
 *
 * @param comparisons lines of the table
 * @param notes what was not looked at, one line each
 */
record Report(List<Comparison> comparisons, List<String> notes) {
    long count(Verdict verdict) {
        return comparisons.stream().filter(line -> line.verdict() == verdict).count();
    }

    boolean passed() {
        return comparisons.stream().noneMatch(line -> line.verdict().fails());
    }

    /** {@code N passed, M failed, K missing}. */
    String summary() {
        return "%d passed, %d failed, %d missing"
                .formatted(count(Verdict.PASS), count(Verdict.FAIL), count(Verdict.MISSING));
    }
}
