// A thread a value; bound by memory.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T, typename V>
__global__ void __launch_bounds__(kThreads)
    transition(const T* x, const V* v, const float* z, int64_t values, int64_t count, const float* factors, int64_t n,
               bool rounded, T* out) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= values) return;
    const int64_t row = i / count;
    float sum = __fmul_rn(factors[row], to_float(x[i]));
    if (v != nullptr) {
        const float product = __fmul_rn(factors[n + row], to_float(v[i]));
        sum = __fadd_rn(sum, rounded ? to_float(from_float<V>(product)) : product);
    }
    if (z != nullptr) sum = __fadd_rn(sum, __fmul_rn(factors[2 * n + row], z[i]));
    out[i] = from_float<T>(sum);
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_transition(int type, int velocity_type, const void* x, const void* v, const float* z, int64_t n,
                                   int64_t count, const float* factors, int rounded, void* out, irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto of_x) {
        using T = decltype(of_x);
        return by_type(velocity_type, [&](auto of_v) {
            using V = decltype(of_v);
            return launch(transition<T, V>, blocks_for(n * count), kThreads, stream, static_cast<const T*>(x),
                          static_cast<const V*>(v), z, n * count, count, factors, n, rounded != 0, static_cast<T*>(out));
        });
    });
}
