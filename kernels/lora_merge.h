// weight = base + scale b a, summed in f32 and rounded once: one pass over the weight. Reference: peft lora/layer.py, merge.
#pragma once

#include "rows.h"

namespace irs {

// base and weight (out, in), b (out, rank), a (rank, in), all contiguous; weight may be base.
template <typename T>
void lora_merge(const T* base, int64_t out, int64_t in, const float* b, const float* a, int64_t rank, float scale,
                T* weight);

}  // namespace irs
