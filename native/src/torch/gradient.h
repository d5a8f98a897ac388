// Reverse-mode derivatives by libtorch's autograd.
#pragma once

#include "torch/tensor.h"

namespace irs {

// A copy of x in f32 that an autograd graph starts from; throws IRS_NOT_LOADED where gradients cannot be read.
Tensor leaf(const Tensor& x);

// d y / d leaf, (leaf's shape) in f32, for y of one element. Frees the graph behind y.
Tensor gradient(const Tensor& y, const Tensor& leaf);

}  // namespace irs
