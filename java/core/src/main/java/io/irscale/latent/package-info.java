/** Latents before and between steps: noise from a seed, position ids, candidates as rows of one tensor. */
@NullMarked
package io.irscale.latent;

import org.jspecify.annotations.NullMarked;
