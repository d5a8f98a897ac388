/** The {@code irscale} command: options in, files and one-line messages out. All the work is the engine's. */
@NullMarked
package io.irscale.cli;

import org.jspecify.annotations.NullMarked;
