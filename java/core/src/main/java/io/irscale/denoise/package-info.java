/** From noise to latents: the schedule, the FLUX.1 transformer, its LoRA adapters and its weights. */
@NullMarked
package io.irscale.denoise;

import org.jspecify.annotations.NullMarked;
