/** The {@code search} command. */
@NullMarked
package io.irscale.cli.search;

import org.jspecify.annotations.NullMarked;
