// A thread a value; bound by memory.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T>
__global__ void __launch_bounds__(kThreads)
    guidance(const T* v, int64_t values, int64_t count, const int64_t* negative, const float* scale, T* out) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= values) return;
    const int64_t row = i / count;
    if (negative[row] < 0) {
        out[i] = v[i];
        return;
    }
    const float from = to_float(v[negative[row] * count + i % count]);
    const float apart = __fadd_rn(to_float(v[i]), -from);
    out[i] = from_float<T>(__fadd_rn(from, __fmul_rn(scale[row], apart)));
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_guidance(int type, const void* v, int64_t n, int64_t count, const int64_t* negative,
                                 const float* scale, void* out, irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        return launch(guidance<T>, blocks_for(n * count), kThreads, stream, static_cast<const T*>(v), n * count, count,
                      negative, scale, static_cast<T*>(out));
    });
}
