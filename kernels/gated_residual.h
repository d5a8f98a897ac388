// x += gate * update, rounded once. Reference: diffusers transformer_flux.py, FluxTransformerBlock.
#pragma once

#include "rows.h"

namespace irs {

template <typename T>
void gated_residual(const RowsOf<T>& x, int64_t width, const TableOf<T>& gate, const RowsOf<const T>& update);

}  // namespace irs
