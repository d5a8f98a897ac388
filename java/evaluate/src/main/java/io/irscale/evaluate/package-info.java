/**
 * Metrics over sets of images: how far the generated ones are from real ones, and how well they fit their prompts. All
 * arithmetic after the encoder is float64 on the CPU, and the same on every machine.
 */
@NullMarked
package io.irscale.evaluate;

import org.jspecify.annotations.NullMarked;
