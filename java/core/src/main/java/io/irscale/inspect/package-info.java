/** What a file or folder is, whether irscale can use it and for what, told from headers alone. */
@NullMarked
package io.irscale.inspect;

import org.jspecify.annotations.NullMarked;
