// Standard normal noise, bit-equal to torch.Generator("cpu").manual_seed(seed) + torch.randn in f32.
#pragma once

#include <cstdint>

namespace irs {

void noise_fill(float* out, int64_t count, uint64_t seed);

}  // namespace irs
