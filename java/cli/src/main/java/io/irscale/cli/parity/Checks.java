package io.irscale.cli.parity;

import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the lines of the table. Whatever stops one comparison becomes a line, and the others go on. */
final class Checks {
    private final List<Comparison> comparisons = new ArrayList<>();
    private final Set<String> missing = new HashSet<>();

    List<Comparison> comparisons() {
        return comparisons;
    }

    void add(Comparison comparison) {
        comparisons.add(comparison);
    }

    /** Does {@code work}, whose subject {@code stage} and {@code tensor} name if it fails. */
    void attempt(String stage, String tensor, Runnable work) {
        try {
            work.run();
        } catch (MissingGoldenException e) {
            if (missing.add(e.file() + "/" + e.tensor())) {
                add(Comparison.told(e.file(), e.tensor(), Verdict.MISSING, ""));
            }
        } catch (RuntimeException e) {
            add(Comparison.told(stage, tensor, Verdict.FAIL, Notes.reason(e)));
        }
    }

    /** Compares values and shape; the caller still owns {@code ours}. */
    void compare(Golden golden, Tolerance tolerance, Tensor ours) {
        compare(golden, "", tolerance, ours);
    }

    /** Compares values and shape; {@code how} tells apart several comparisons with one golden. */
    void compare(Golden golden, String how, Tolerance tolerance, Tensor ours) {
        attempt(golden.file().name(), golden.name(), () -> {
            if (Arrays.equals(golden.shape(), ours.shape())) {
                compare(golden, how, tolerance, ours.floats());
            } else {
                differ(golden, how, "shape " + Arrays.toString(golden.shape()), Arrays.toString(ours.shape()));
            }
        });
    }

    /** Compares values in row-major order. */
    void compare(Golden golden, Tolerance tolerance, float[] ours) {
        compare(golden, "", tolerance, ours);
    }

    /** Compares values in row-major order; {@code how} tells apart several comparisons with one golden. */
    void compare(Golden golden, String how, Tolerance tolerance, float[] ours) {
        attempt(golden.file().name(), golden.name(), () -> {
            double[] values = golden.values();
            if (values.length == ours.length) {
                double error = tolerance.error(ours, values);
                add(Comparison.of(golden.used().file().name(), label(golden, how), error, tolerance));
            } else {
                differ(golden, how, values.length + " values", String.valueOf(ours.length));
            }
        });
    }

    /** Compares two goldens that are one tensor under two names. */
    void same(Golden golden, Golden other) {
        attempt(golden.file().name(), golden.name(), () -> compare(golden, Tolerance.EXACT, other.floats()));
    }

    private void differ(Golden golden, String how, String theirs, String ours) {
        String note = "the golden has " + theirs + ", irscale " + ours;
        add(Comparison.told(golden.used().file().name(), label(golden, how), Verdict.FAIL, note));
    }

    private static String label(Golden golden, String how) {
        return how.isEmpty() ? golden.name() : golden.name() + " (" + how + ")";
    }
}
