/** From a prompt to what the transformer is told: the tokenizers of CLIP and T5, and the two text encoders. */
@NullMarked
package io.irscale.text;

import org.jspecify.annotations.NullMarked;
