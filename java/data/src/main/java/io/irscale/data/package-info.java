/**
 * Datasets of infrared images: reading the layouts in which they are published, captions from their annotations, and
 * splits that share no video. Data that is bad is named and never dropped in silence.
 */
@NullMarked
package io.irscale.data;

import org.jspecify.annotations.NullMarked;
