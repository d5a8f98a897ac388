// A tensor (N, tokens, width) as kernels see it.
#pragma once

#include "error.h"
#include "rows.h"
#include "torch/tensor.h"

namespace irs {

// Throws unless the width lies side by side.
template <typename T>
RowsOf<T> rows_of(const Tensor& x) {
    const Shape sizes = x.shape(), strides = x.strides();
    require(sizes.size() == 3 && (strides[2] == 1 || sizes[2] == 1), "rows of shape ", to_string(sizes), " with strides ",
            to_string(strides), " do not lie side by side");
    return {static_cast<T*>(x.data()), sizes[0], sizes[1], strides[0], strides[1]};
}

}  // namespace irs
