// A warp a head of a row; it may read and write the same tensor.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T>
__global__ void __launch_bounds__(kThreads)
    qk_norm_rope(irs_cuda_rows x, int64_t heads, int64_t head_dim, const T* weight, const float* turns, float eps,
                 irs_cuda_rows out) {
    const int64_t warp = (static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x) / kWarp;
    if (warp >= x.batch * x.tokens * heads) return;
    const int64_t r = warp / heads, head = warp % heads * head_dim;
    const int lane = threadIdx.x % kWarp;
    const T* from = row_of<T>(x, r) + head;
    T* to = row_of<T>(out, r) + head;
    const float* turn = turns + r % x.tokens * head_dim;
    float squares = 0;
    for (int64_t c = lane; c < head_dim; c += kWarp) squares += to_float(from[c]) * to_float(from[c]);
    const float inverse = rsqrtf(warp_sum(squares) / static_cast<float>(head_dim) + eps);
    for (int64_t c = 2 * lane; c < head_dim; c += 2 * kWarp) {
        const float a = to_float(from[c]) * inverse * to_float(weight[c]);
        const float b = to_float(from[c + 1]) * inverse * to_float(weight[c + 1]);
        to[c] = from_float<T>(a * turn[c] - b * turn[c + 1]);
        to[c + 1] = from_float<T>(b * turn[c] + a * turn[c + 1]);
    }
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_qk_norm_rope(int type, irs_cuda_rows x, int64_t heads, int64_t head_dim, const void* weight,
                                     const float* turns, float eps, irs_cuda_rows out, void* stream) {
    using namespace irs::cuda;
    const int64_t threads = x.batch * x.tokens * heads * kWarp;
    const auto blocks = static_cast<unsigned>((threads + kThreads - 1) / kThreads);
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        qk_norm_rope<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
            x, heads, head_dim, static_cast<const T*>(weight), turns, eps, out);
    });
}
