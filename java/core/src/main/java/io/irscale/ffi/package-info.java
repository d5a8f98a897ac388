/**
 * The binding to {@code libirscale.so}: loading, one downcall per function of {@code irscale.h}, status codes as typed
 * exceptions, ownership of native objects. Not part of the public API.
 */
@NullMarked
package io.irscale.ffi;

import org.jspecify.annotations.NullMarked;
