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
    if (sizes.size() != 3 || (strides[2] != 1 && sizes[2] != 1)) {
        // Asked here, so that the text is made only when it is needed.
        require(false, "rows of shape ", to_string(sizes), " with strides ", to_string(strides), " do not lie side by side");
    }
    return {static_cast<T*>(x.data()), sizes[0], sizes[1], strides[0], strides[1]};
}

// Calls with a value of the type that the tensor holds, f32 or bf16.
template <typename Call>
void by_type(const Tensor& x, const Call& call) {
    if (x.dtype() == DType::f32) {
        call(float{});
    } else {
        call(bf16{});
    }
}

}  // namespace irs
