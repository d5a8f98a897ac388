/**
 * Tensors, in files and in device memory. Files are safetensors only: mapped, checked in full before a tensor is handed
 * out, and never copied on the way to the device.
 */
@NullMarked
package io.irscale.tensor;

import org.jspecify.annotations.NullMarked;
