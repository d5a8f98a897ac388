/**
 * irscale: infrared images by FLUX.1, chosen by a verifier. {@link io.irscale.Engine} is the way in.
 */
@NullMarked
package io.irscale;

import org.jspecify.annotations.NullMarked;
