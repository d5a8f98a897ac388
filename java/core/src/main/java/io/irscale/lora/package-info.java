/** LoRA files of every published FLUX format, as low-rank updates of named layers. */
@NullMarked
package io.irscale.lora;

import org.jspecify.annotations.NullMarked;
