/**
 * Parity: every tensor of a golden folder against what irscale computes. A {@link io.irscale.cli.parity.Stage} checks one
 * golden file; what no stage used up in the end is a failure too, so that no golden number can go unread.
 */
@NullMarked
package io.irscale.cli.parity;

import org.jspecify.annotations.NullMarked;
