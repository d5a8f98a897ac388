// A warp a head of a row; it may read and write the same tensor.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

// N values a lane at a time: whole pairs.
template <typename T, int N>
__global__ void __launch_bounds__(kThreads)
    qk_norm_rope(irs_cuda_rows x, int64_t heads, int head_dim, const T* weight, const float* turns, float eps,
                 irs_cuda_rows out) {
    const int64_t warp = (static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x) / kWarp;
    if (warp >= x.batch * x.tokens * heads) return;
    const int64_t r = warp / heads, head = warp % heads * head_dim;
    const int first = N * static_cast<int>(threadIdx.x % kWarp);
    const T* from = row_of<T>(x, r) + head;
    T* to = row_of<T>(out, r) + head;
    const float* turn = turns + r % x.tokens * head_dim;
    float squares = 0;
    for (int c = first; c < head_dim; c += N * kWarp) {
        const Pack<T, N> values = load<N>(from + c);
        for (const T value : values.at) squares += to_float(value) * to_float(value);
    }
    const float inverse = rsqrtf(over_warp(squares, Sum{}) / static_cast<float>(head_dim) + eps);
    for (int c = first; c < head_dim; c += N * kWarp) {
        const Pack<T, N> values = load<N>(from + c), weights = load<N>(weight + c);
        const Pack<float, N> by = load<N>(turn + c);
        Pack<T, N> result;
        for (int i = 0; i < N; i += 2) {
            const float a = to_float(values.at[i]) * inverse * to_float(weights.at[i]);
            const float b = to_float(values.at[i + 1]) * inverse * to_float(weights.at[i + 1]);
            result.at[i] = from_float<T>(a * by.at[i] - b * by.at[i + 1]);
            result.at[i + 1] = from_float<T>(b * by.at[i] + a * by.at[i + 1]);
        }
        store(to + c, result);
    }
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_qk_norm_rope(int type, irs_cuda_rows x, int64_t heads, int64_t head_dim, const void* weight,
                                     const float* turns, float eps, irs_cuda_rows out, irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        const auto fits = [&](int64_t n) {
            return head_dim % n == 0 && in_packs<T>(x, n) && in_packs<T>(out, n) && in_packs<T>(weight, n) &&
                   in_packs<float>(turns, n);
        };
        const auto run = [&](auto kernel) {
            return launch(kernel, blocks_for(x.batch * x.tokens * heads * kWarp), kThreads, stream, x, heads,
                   static_cast<int>(head_dim), static_cast<const T*>(weight), turns, eps, out);
        };
        // Four values a lane leave half of a warp idle where heads are narrow.
        if (head_dim >= 4 * kWarp && fits(4)) return run(qk_norm_rope<T, 4>);
        return fits(2) ? run(qk_norm_rope<T, 2>) : static_cast<int>(cudaErrorInvalidValue);
    });
}
