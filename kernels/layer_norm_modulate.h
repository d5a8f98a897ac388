// out = layer_norm(x) * scale + shift in one pass: mean and variance of each row in f32, rounded once at the end. The
// scale has its 1 added. Reference: diffusers normalization.py, AdaLayerNormZero.
#pragma once

#include "rows.h"

namespace irs {

template <typename T>
void layer_norm_modulate(const RowsOf<const T>& x, int64_t width, const TableOf<T>& scale, const TableOf<T>& shift,
                         float eps, const RowsOf<T>& out);

}  // namespace irs
