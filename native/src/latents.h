// Layout and update of latents.
#pragma once

#include "torch/tensor.h"

namespace irs {

Tensor pack(const Tensor& latents);                                     // (N, C, H, W) to (N, H W / 4, 4 C)
Tensor unpack(const Tensor& packed, int64_t height, int64_t width);     // and back
void euler(Tensor& img, const Tensor& velocity, const std::vector<float>& dsigma);  // in place

}  // namespace irs
