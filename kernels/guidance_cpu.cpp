// Compiled without contraction: a fused multiplication and addition would skip a rounding.
#include "guidance.h"

#include <algorithm>

#include "clones.h"
#include "parallel.h"
#include "rows.h"

namespace irs {

namespace {

constexpr int64_t kGrain = 1 << 15;  // values

template <typename T>
inline void line(const T* positive, const T* negative, int64_t count, float scale, T* out) {
    for (int64_t i = 0; i < count; i++) {
        const float from = to_float(negative[i]);
        out[i] = from_float<T>(from + scale * (to_float(positive[i]) - from));
    }
}

IRS_CLONES void clone(const float* positive, const float* negative, int64_t count, float scale, float* out) {
    line(positive, negative, count, scale, out);
}
IRS_CLONES void clone(const bf16* positive, const bf16* negative, int64_t count, float scale, bf16* out) {
    line(positive, negative, count, scale, out);
}

}  // namespace

template <typename T>
void guidance(const T* v, int64_t n, int64_t count, const int64_t* negative, const float* scale, T* out) {
    parallel_for_rows(n, count, kGrain, [&](int64_t row, int64_t at, int64_t some) {
        if (negative[row] < 0) {
            std::copy_n(v + at, some, out + at);
        } else {
            clone(v + at, v + negative[row] * count + at % count, some, scale[row], out + at);
        }
    });
}

template void guidance(const float*, int64_t, int64_t, const int64_t*, const float*, float*);
template void guidance(const bf16*, int64_t, int64_t, const int64_t*, const float*, bf16*);

}  // namespace irs
