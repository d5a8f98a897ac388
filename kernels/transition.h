// One move of latents between noise levels: x' = a x + b v + c z with factors for each row of the batch, as
// io.irscale.solver.Transition has them: Euler steps (a = 1, b = sigma_next - sigma), previews of x0 (a = 1, b = -sigma),
// stochastic steps. Products and sums are rounded one by one in f32, as the reference's are.
#pragma once

#include <cstdint>

namespace irs {

// n rows of `count` values each; out may be x. v and z may be null: their factors are then not read. With `rounded` the
// product b v is rounded to V first, as diffusers does (scheduling_flow_match_euler_discrete.py, step).
template <typename T, typename V>
void transition(const T* x, const V* v, const float* z, int64_t n, int64_t count, const float* a, const float* b,
                const float* c, bool rounded, T* out);

}  // namespace irs
