// Layout and update of latents.
#pragma once

#include "torch/tensor.h"

namespace irs {

Tensor pack(const Tensor& latents);                                     // (N, C, H, W) to (N, H W / 4, 4 C)
Tensor unpack(const Tensor& packed, int64_t height, int64_t width);     // and back
void euler(Tensor& img, const Tensor& velocity, const std::vector<float>& dsigma);  // in place

// One factor a row.
struct Term {
    const char* name;
    const Tensor* tensor;  // may be null where all factors are 0
    std::vector<float> factors;
};
// x.factors[i] x[i] plus those of v and z, summed in f32, in x's dtype; all (N, T, C).
Tensor combine(const Term& x, const Term& v, const Term& z);

Tensor reduce(const Tensor& latents, int64_t factor);  // means over blocks of (N, C, H, W)

}  // namespace irs
