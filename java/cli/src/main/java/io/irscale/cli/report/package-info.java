/** The report of a search: one HTML file with everything in it. */
@NullMarked
package io.irscale.cli.report;

import org.jspecify.annotations.NullMarked;
