/** {@code irscale bench}: how fast a model runs here. */
@NullMarked
package io.irscale.cli.bench;

import org.jspecify.annotations.NullMarked;
