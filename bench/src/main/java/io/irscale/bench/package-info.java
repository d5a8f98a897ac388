/** Benchmarks: JMH for the pieces, longer studies as mains. Results stand in {@code bench/RESULTS.md}. */
@NullMarked
package io.irscale.bench;

import org.jspecify.annotations.NullMarked;
