#include "hashed_uniform.h"

namespace irs {

void hashed_uniform_fill(float* out, int64_t count, uint64_t seed) {
    for (int64_t i = 0; i < count; i++) out[i] = static_cast<float>(hashed_bits(i, seed)) * 0x1p-32f;
}

}  // namespace irs
