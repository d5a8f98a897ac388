// Compiled without contraction: a fused multiplication and addition would skip a rounding.
#include "transition.h"

#include "clones.h"
#include "parallel.h"
#include "rows.h"

namespace irs {

namespace {

constexpr int64_t kGrain = 1 << 15;  // values

template <typename T, typename V>
inline void line(const T* x, const V* v, const float* z, int64_t count, float a, float b, float c, bool rounded, T* out) {
    for (int64_t i = 0; i < count; i++) {
        float sum = a * to_float(x[i]);
        if (v != nullptr) {
            const float product = b * to_float(v[i]);
            sum += rounded ? to_float(from_float<V>(product)) : product;
        }
        if (z != nullptr) sum += c * z[i];
        out[i] = from_float<T>(sum);
    }
}

IRS_CLONES void clone(const float* x, const float* v, const float* z, int64_t count, float a, float b, float c, bool r,
                      float* out) {
    line(x, v, z, count, a, b, c, r, out);
}
IRS_CLONES void clone(const float* x, const bf16* v, const float* z, int64_t count, float a, float b, float c, bool r,
                      float* out) {
    line(x, v, z, count, a, b, c, r, out);
}
IRS_CLONES void clone(const bf16* x, const float* v, const float* z, int64_t count, float a, float b, float c, bool r,
                      bf16* out) {
    line(x, v, z, count, a, b, c, r, out);
}
IRS_CLONES void clone(const bf16* x, const bf16* v, const float* z, int64_t count, float a, float b, float c, bool r,
                      bf16* out) {
    line(x, v, z, count, a, b, c, r, out);
}

}  // namespace

template <typename T, typename V>
void transition(const T* x, const V* v, const float* z, int64_t n, int64_t count, const float* a, const float* b,
                const float* c, bool rounded, T* out) {
    parallel_for_rows(n, count, kGrain, [&](int64_t row, int64_t at, int64_t some) {
        clone(x + at, v == nullptr ? nullptr : v + at, z == nullptr ? nullptr : z + at, some, a[row],
              v == nullptr ? 0 : b[row], z == nullptr ? 0 : c[row], rounded, out + at);
    });
}

template void transition(const float*, const float*, const float*, int64_t, int64_t, const float*, const float*,
                         const float*, bool, float*);
template void transition(const float*, const bf16*, const float*, int64_t, int64_t, const float*, const float*,
                         const float*, bool, float*);
template void transition(const bf16*, const float*, const float*, int64_t, int64_t, const float*, const float*,
                         const float*, bool, bf16*);
template void transition(const bf16*, const bf16*, const float*, int64_t, int64_t, const float*, const float*,
                         const float*, bool, bf16*);

}  // namespace irs
