#include "layer_norm_modulate.h"

#include <cmath>

#include "clones.h"
#include "parallel.h"

namespace irs {

namespace {

constexpr int64_t kGrain = 16;  // rows
constexpr int kLanes = 16;      // partial sums, so that the sum can be vectorised

template <typename T>
inline void row(const T* x, int64_t width, const T* scale, const T* shift, float eps, T* out) {
    float sums[kLanes] = {}, squares[kLanes] = {};
    const int64_t whole = width / kLanes * kLanes;
    for (int64_t c = 0; c < whole; c += kLanes) {
        for (int i = 0; i < kLanes; i++) sums[i] += to_float(x[c + i]);
    }
    for (int64_t c = whole; c < width; c++) sums[0] += to_float(x[c]);
    float mean = 0;
    for (const float sum : sums) mean += sum;
    mean /= static_cast<float>(width);
    for (int64_t c = 0; c < whole; c += kLanes) {
        for (int i = 0; i < kLanes; i++) {
            const float centred = to_float(x[c + i]) - mean;
            squares[i] += centred * centred;
        }
    }
    for (int64_t c = whole; c < width; c++) {
        const float centred = to_float(x[c]) - mean;
        squares[0] += centred * centred;
    }
    float variance = 0;
    for (const float square : squares) variance += square;
    const float inverse = 1.0F / std::sqrt(variance / static_cast<float>(width) + eps);
    for (int64_t c = 0; c < width; c++) {
        out[c] = from_float<T>((to_float(x[c]) - mean) * inverse * to_float(scale[c]) + to_float(shift[c]));
    }
}

// The compiler clones functions, not templates.
IRS_CLONES void clone(const float* x, int64_t width, const float* scale, const float* shift, float eps, float* out) {
    row(x, width, scale, shift, eps, out);
}
IRS_CLONES void clone(const bf16* x, int64_t width, const bf16* scale, const bf16* shift, float eps, bf16* out) {
    row(x, width, scale, shift, eps, out);
}

}  // namespace

template <typename T>
void layer_norm_modulate(const RowsOf<const T>& x, int64_t width, const TableOf<T>& scale, const TableOf<T>& shift,
                         float eps, const RowsOf<T>& out) {
    parallel_for(x.count(), kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; r++) {
            clone(x[r], width, scale[r / x.tokens], shift[r / x.tokens], eps, out[r]);
        }
    });
}

template void layer_norm_modulate(const RowsOf<const float>&, int64_t, const TableOf<float>&, const TableOf<float>&,
                                  float, const RowsOf<float>&);
template void layer_norm_modulate(const RowsOf<const bf16>&, int64_t, const TableOf<bf16>&, const TableOf<bf16>&, float,
                                  const RowsOf<bf16>&);

}  // namespace irs
