/** Networks by whose features images are compared: the Inception of FID, and DINOv2. */
@NullMarked
package io.irscale.feature;

import org.jspecify.annotations.NullMarked;
