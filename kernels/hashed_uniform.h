// Values in [0, 1), a function of the seed and of each position alone: dropout that is the same on every device and when
// an activation is computed again. CUDA goes through ATen's integer operators (torch/ops.cpp), with the same bits.
#pragma once

#include <cstdint>

namespace irs {

// The 32 bits behind a value: the finaliser of MurmurHash3 (Appleby, MurmurHash3.cpp, fmix32).
inline uint32_t hashed_bits(int64_t position, uint64_t seed) {
    uint32_t x = static_cast<uint32_t>(position + 1) * 0x9e3779b1u ^ static_cast<uint32_t>(seed);
    x = (x ^ x >> 16) * 0x85ebca6bu;
    x = (x ^ x >> 13) * 0xc2b2ae35u;
    return x ^ x >> 16;
}

void hashed_uniform_fill(float* out, int64_t count, uint64_t seed);

}  // namespace irs
