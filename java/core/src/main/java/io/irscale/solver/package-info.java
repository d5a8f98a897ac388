/** How a latent goes from one noise level to another: every kernel is three numbers. */
@NullMarked
package io.irscale.solver;

import org.jspecify.annotations.NullMarked;
