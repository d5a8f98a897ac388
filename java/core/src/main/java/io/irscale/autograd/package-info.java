/** Losses of recorded forwards, their gradients, and the optimizer that follows them. */
@NullMarked
package io.irscale.autograd;

import org.jspecify.annotations.NullMarked;
