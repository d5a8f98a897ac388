/** LoRA files of every published FLUX format, as updates of named layers. */
@NullMarked
package io.irscale.lora;

import org.jspecify.annotations.NullMarked;
