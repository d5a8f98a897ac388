package io.irscale.cli.evaluate;

import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.Interval;
import io.irscale.evaluate.KernelDistance;
import java.util.Map;
import java.util.Optional;

/**
 * One number of all arms.
 *
 * @param name such as {@code fd}
 * @param arms by the arm's name; an arm that it cannot be told of is missing
 * @param change between the arms that are compared
 * @param subsets of the kernel distance alone: its published form, by the arm's name
 */
record Row(
        String name,
        Map<String, Interval> arms,
        Optional<Bootstrap.Change> change,
        Map<String, KernelDistance.Subsets> subsets) {}
