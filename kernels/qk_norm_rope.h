// Each head of queries or keys: out = rope(rms_norm(x) * weight), in f32, rounded once; out may be x. Reference: diffusers
// transformer_flux.py (FluxAttnProcessor) and embeddings.py (apply_rotary_emb: adjacent pairs turn together).
#pragma once

#include "rows.h"

namespace irs {

// x (rows, heads * head_dim) and weight (head_dim); turns (tokens, head_dim / 2, 2): cosine and sine of each pair at each
// of x's tokens.
template <typename T>
void qk_norm_rope(const RowsOf<const T>& x, int64_t heads, int64_t head_dim, const T* weight, const float* turns,
                  float eps, const RowsOf<T>& out);

}  // namespace irs
