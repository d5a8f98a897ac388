/** {@code irscale train}. */
@NullMarked
package io.irscale.cli.train;

import org.jspecify.annotations.NullMarked;
