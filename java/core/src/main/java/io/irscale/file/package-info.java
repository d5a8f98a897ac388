/** Files on disk. */
@NullMarked
package io.irscale.file;

import org.jspecify.annotations.NullMarked;
