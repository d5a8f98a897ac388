package io.irscale.search;

import io.irscale.verify.Panel;

/**
 * What a search runs with.
 *
 * @param strategy how it spends its budget
 * @param budget where it stops
 * @param panel who scores; borrowed
 * @param seed of the first candidate; the i-th starts from seed + i
 * @param listener follows it
 */
public record SearchSetup(Strategy strategy, Budget budget, Panel panel, long seed, SearchListener listener) {}
