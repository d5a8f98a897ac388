// Classifier-free guidance: v = negative + scale (positive - negative), differences, products and sums rounded one by one in
// f32, then once to T. Reference: diffusers pipeline_flux.py, true_cfg_scale.
#pragma once

#include <cstdint>

namespace irs {

// Rows of `count` values each. Row i of out (n rows) = row i of v where negative[i] is below 0; elsewhere that row guided
// away from row negative[i] of v, which lies at n or after, by scale[i].
template <typename T>
void guidance(const T* v, int64_t n, int64_t count, const int64_t* negative, const float* scale, T* out);

}  // namespace irs
