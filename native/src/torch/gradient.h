// Reverse-mode derivatives by libtorch's autograd.
#pragma once

#include "torch/tensor.h"

namespace irs {

// A copy of x in f32 that an autograd graph starts from; throws IRS_NOT_LOADED where gradients cannot be read.
Tensor leaf(const Tensor& x);

// d y / d leaf, (leaf's shape) in f32, for y of one element. Frees the graph behind y.
Tensor gradient(const Tensor& y, const Tensor& leaf);

// Adds d y / d x to the gradient of every leaf x behind y, which has one element. Frees the graph.
void backward(const Tensor& y);

// The same for y of any shape, which something has the gradient `from` by, in y's shape and dtype.
void backward(const Tensor& y, const Tensor& from);

// What backward() has gathered in a leaf, sharing its storage; empty before the first.
Tensor gathered(const Tensor& leaf);

// Makes x itself a leaf.
void require_gradient(Tensor& x);

}  // namespace irs
