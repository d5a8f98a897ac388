#include "gated_residual.h"

#include "clones.h"
#include "parallel.h"

namespace irs {

namespace {

constexpr int64_t kGrain = 32;  // rows

template <typename T>
inline void row(T* x, int64_t width, const T* gate, const T* update) {
    for (int64_t c = 0; c < width; c++) {
        x[c] = from_float<T>(to_float(x[c]) + to_float(gate[c]) * to_float(update[c]));
    }
}

IRS_CLONES void clone(float* x, int64_t width, const float* gate, const float* update) { row(x, width, gate, update); }
IRS_CLONES void clone(bf16* x, int64_t width, const bf16* gate, const bf16* update) { row(x, width, gate, update); }

}  // namespace

template <typename T>
void gated_residual(const RowsOf<T>& x, int64_t width, const TableOf<T>& gate, const RowsOf<const T>& update) {
    parallel_for(x.count(), kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; r++) clone(x[r], width, gate[r / x.tokens], update[r]);
    });
}

template void gated_residual(const RowsOf<float>&, int64_t, const TableOf<float>&, const RowsOf<const float>&);
template void gated_residual(const RowsOf<bf16>&, int64_t, const TableOf<bf16>&, const RowsOf<const bf16>&);

}  // namespace irs
