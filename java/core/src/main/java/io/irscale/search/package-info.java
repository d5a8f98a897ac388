/** Spending compute at inference: strategies over candidates, and the ledger of what they cost. */
@NullMarked
package io.irscale.search;

import org.jspecify.annotations.NullMarked;
