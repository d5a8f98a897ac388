/** The search strategies, each as its paper reads. */
@NullMarked
package io.irscale.strategy;

import org.jspecify.annotations.NullMarked;
