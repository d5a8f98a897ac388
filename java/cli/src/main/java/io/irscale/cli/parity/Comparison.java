package io.irscale.cli.parity;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param stage the golden file without its extension
 * @param tensor its tensor, and how it was compared where that is not plain
 * @param error as {@code tolerance} measures it; NaN where a value is not finite; null where nothing was compared
 * @param tolerance null where nothing was compared
 * @param note why it failed, where the numbers do not say it; else empty
 */
record Comparison(
        String stage,
        String tensor,
        @Nullable Double error,
        @Nullable Tolerance tolerance,
        Verdict verdict,
        String note) {

    static Comparison of(String stage, String tensor, double error, Tolerance tolerance) {
        Verdict verdict = tolerance.allows(error) ? Verdict.PASS : Verdict.FAIL;
        return new Comparison(
                stage, tensor, error, tolerance, verdict, Double.isNaN(error) ? "a value is not finite" : "");
    }

    static Comparison told(String stage, String tensor, Verdict verdict, String note) {
        return new Comparison(stage, tensor, null, null, verdict, note);
    }
}
