/** The paper's experiment from end to end: adapt, search, judge. */
@NullMarked
package io.irscale.cli.reproduce;

import org.jspecify.annotations.NullMarked;
