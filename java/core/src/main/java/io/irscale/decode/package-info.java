/** From latents to images: the autoencoder and its weights. */
@NullMarked
package io.irscale.decode;

import org.jspecify.annotations.NullMarked;
