package io.irscale.denoise;

import org.jspecify.annotations.Nullable;

/**
 * One row of a forward.
 *
 * @param plan conditions the row
 * @param step index into the plan's schedule
 * @param negative the negative prompt's plan for true classifier-free guidance; null for none
 * @param trueCfg v = v_neg + trueCfg (v - v_neg); unused without {@code negative}
 */
public record Row(Plan plan, int step, @Nullable Plan negative, float trueCfg) {
    /** A row without classifier-free guidance. */
    public static Row of(Plan plan, int step) {
        return new Row(plan, step, null, 1f);
    }
}
