#include "qk_norm_rope.h"

#include <cmath>

#include "clones.h"
#include "parallel.h"

namespace irs {

namespace {

constexpr int64_t kGrain = 16;  // rows
constexpr int kLanes = 8;

template <typename T>
inline void row(const T* x, int64_t heads, int64_t head_dim, const T* weight, const float* turns, float eps, T* out) {
    for (int64_t h = 0; h < heads; h++, x += head_dim, out += head_dim) {
        float squares[kLanes] = {};
        const int64_t whole = head_dim / kLanes * kLanes;
        for (int64_t c = 0; c < whole; c += kLanes) {
            for (int i = 0; i < kLanes; i++) squares[i] += to_float(x[c + i]) * to_float(x[c + i]);
        }
        for (int64_t c = whole; c < head_dim; c++) squares[0] += to_float(x[c]) * to_float(x[c]);
        float sum = 0;
        for (const float square : squares) sum += square;
        const float inverse = 1.0F / std::sqrt(sum / static_cast<float>(head_dim) + eps);
        for (int64_t c = 0; c < head_dim; c += 2) {
            const float a = to_float(x[c]) * inverse * to_float(weight[c]);
            const float b = to_float(x[c + 1]) * inverse * to_float(weight[c + 1]);
            out[c] = from_float<T>(a * turns[c] - b * turns[c + 1]);
            out[c + 1] = from_float<T>(b * turns[c] + a * turns[c + 1]);
        }
    }
}

IRS_CLONES void clone(const float* x, int64_t heads, int64_t head_dim, const float* weight, const float* turns,
                      float eps, float* out) {
    row(x, heads, head_dim, weight, turns, eps, out);
}
IRS_CLONES void clone(const bf16* x, int64_t heads, int64_t head_dim, const bf16* weight, const float* turns, float eps,
                      bf16* out) {
    row(x, heads, head_dim, weight, turns, eps, out);
}

}  // namespace

template <typename T>
void qk_norm_rope(const RowsOf<const T>& x, int64_t heads, int64_t head_dim, const T* weight, const float* turns,
                  float eps, const RowsOf<T>& out) {
    parallel_for(x.count(), kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; r++) {
            clone(x[r], heads, head_dim, weight, turns + r % x.tokens * head_dim, eps, out[r]);
        }
    });
}

template void qk_norm_rope(const RowsOf<const float>&, int64_t, int64_t, const float*, const float*, float,
                           const RowsOf<float>&);
template void qk_norm_rope(const RowsOf<const bf16>&, int64_t, int64_t, const bf16*, const float*, float,
                           const RowsOf<bf16>&);

}  // namespace irs
