// Initial values of weights, for models that are trained from scratch.
#pragma once

#include "weights.h"

namespace irs {

// The tensor that a model misses, by the rules of irs_weights_initialize; a leaf where the weights are trainable.
Tensor initial(const Weights& weights, const std::string& name, const Shape& shape);

// A stable hash (FNV-1a).
uint64_t hash_of(const std::string& text);

}  // namespace irs
