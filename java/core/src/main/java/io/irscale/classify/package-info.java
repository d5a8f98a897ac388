/** Small networks that say what a picture shows, and whose features judge generated pictures. */
@NullMarked
package io.irscale.classify;

import org.jspecify.annotations.NullMarked;
