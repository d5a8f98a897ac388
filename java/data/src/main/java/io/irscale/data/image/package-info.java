/** Images as infrared cameras and data sets have them: where they lie, how they are decoded, how counts become [0, 1]. */
@NullMarked
package io.irscale.data.image;

import org.jspecify.annotations.NullMarked;
