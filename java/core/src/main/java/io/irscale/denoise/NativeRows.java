package io.irscale.denoise;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * For the other packages of irscale: the rows of a forward as native calls take them.
 *
 * @param count how many
 * @param plans {@code irs_plan *} of each
 * @param steps of each
 * @param negatives {@code irs_plan *} of each, NULL for none; NULL itself where no row has one
 * @param trueCfg of each; NULL where no row has a negative
 */
public record NativeRows(
        int count, MemorySegment plans, MemorySegment steps, MemorySegment negatives, MemorySegment trueCfg) {
    /** Lays out {@code rows} in {@code arena}. */
    public static NativeRows of(Arena arena, List<Row> rows) {
        int n = rows.size();
        boolean guided = rows.stream().anyMatch(row -> row.negative() != null);
        MemorySegment plans = arena.allocate(ValueLayout.ADDRESS, n);
        MemorySegment steps = arena.allocate(ValueLayout.JAVA_INT, n);
        MemorySegment negatives = guided ? arena.allocate(ValueLayout.ADDRESS, n) : MemorySegment.NULL;
        MemorySegment trueCfg = guided ? arena.allocate(ValueLayout.JAVA_FLOAT, n) : MemorySegment.NULL;
        for (int i = 0; i < n; i++) {
            Row row = rows.get(i);
            plans.setAtIndex(ValueLayout.ADDRESS, i, row.plan().handle());
            steps.setAtIndex(ValueLayout.JAVA_INT, i, row.step());
            if (row.negative() != null) {
                negatives.setAtIndex(ValueLayout.ADDRESS, i, row.negative().handle());
                trueCfg.setAtIndex(ValueLayout.JAVA_FLOAT, i, row.trueCfg());
            }
        }
        return new NativeRows(n, plans, steps, negatives, trueCfg);
    }
}
