/** Verifiers: how well an image fits its prompt. */
@NullMarked
package io.irscale.verify;

import org.jspecify.annotations.NullMarked;
