/** Training on infrared images: the autoencoder, the transformer in full or by a LoRA, verifiers and judges. */
@NullMarked
package io.irscale.train;

import org.jspecify.annotations.NullMarked;
