#include "lora_merge.h"

#include <algorithm>

#include "clones.h"
#include "parallel.h"

namespace irs {

namespace {

constexpr int64_t kGrain = 8;      // rows
constexpr int64_t kColumns = 256;  // of a row at a time: their sums stay in registers and the first cache

template <typename T>
inline void part(const T* base, const float* b, const float* a, int64_t in, int64_t rank, float scale, int64_t columns,
                 T* weight) {
    float sums[kColumns] = {};
    for (int64_t k = 0; k < rank; k++) {
        const float by = scale * b[k];
        for (int64_t c = 0; c < columns; c++) sums[c] += by * a[k * in + c];
    }
    for (int64_t c = 0; c < columns; c++) weight[c] = from_float<T>(to_float(base[c]) + sums[c]);
}

IRS_CLONES void clone(const float* base, const float* b, const float* a, int64_t in, int64_t rank, float scale,
                      int64_t columns, float* weight) {
    part(base, b, a, in, rank, scale, columns, weight);
}
IRS_CLONES void clone(const bf16* base, const float* b, const float* a, int64_t in, int64_t rank, float scale,
                      int64_t columns, bf16* weight) {
    part(base, b, a, in, rank, scale, columns, weight);
}

}  // namespace

template <typename T>
void lora_merge(const T* base, int64_t out, int64_t in, const float* b, const float* a, int64_t rank, float scale,
                T* weight) {
    parallel_for(out, kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t c = 0; c < in; c += kColumns) {
            for (int64_t r = begin; r < end; r++) {
                clone(base + r * in + c, b + r * rank, a + c, in, rank, scale, std::min(kColumns, in - c),
                      weight + r * in + c);
            }
        }
    });
}

template void lora_merge(const float*, int64_t, int64_t, const float*, const float*, int64_t, float, float*);
template void lora_merge(const bf16*, int64_t, int64_t, const float*, const float*, int64_t, float, bf16*);

}  // namespace irs
