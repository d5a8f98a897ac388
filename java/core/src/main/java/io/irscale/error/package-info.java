/**
 * The exceptions of irscale. All are unchecked and extend {@link io.irscale.error.IrscaleException}; each message is
 * one line that names the thing, the value and the limit, ready to be shown to a user.
 */
@NullMarked
package io.irscale.error;

import org.jspecify.annotations.NullMarked;
