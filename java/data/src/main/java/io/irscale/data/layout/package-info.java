/** The layouts in which data sets of infrared images are published, their captions and boxes. */
@NullMarked
package io.irscale.data.layout;

import org.jspecify.annotations.NullMarked;
