/** {@code irscale evaluate}: how far generated images are from real ones, and how well they fit their prompts. */
@NullMarked
package io.irscale.cli.evaluate;

import org.jspecify.annotations.NullMarked;
