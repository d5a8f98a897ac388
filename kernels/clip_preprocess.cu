// A thread a value of the result; each sums its own window, which the caches hold.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T>
__global__ void __launch_bounds__(kThreads)
    clip_preprocess(const T* images, int64_t planes, int64_t height, int64_t width, irs_cuda_taps rows,
                    irs_cuda_taps columns, float3 mean, float3 std, float* out) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= planes * rows.count * columns.count) return;
    const int64_t x = i % columns.count, y = i / columns.count % rows.count, plane = i / columns.count / rows.count;
    const int64_t left = columns.first[x], top = rows.first[y];
    const int64_t wide = min(columns.most, width - left), tall = min(rows.most, height - top);
    float sum = 0;
    for (int64_t j = 0; j < tall; j++) {
        const T* line = images + (plane * height + top + j) * width + left;
        float of_line = 0;
        for (int64_t k = 0; k < wide; k++) {
            of_line += columns.weights[x * columns.most + k] * __fdiv_rn(rintf(__fmul_rn(to_float(line[k]), 255.0F)), 255.0F);
        }
        sum += rows.weights[y * rows.most + j] * of_line;
    }
    const int64_t channel = plane % 3;
    const float centre = channel == 0 ? mean.x : channel == 1 ? mean.y : mean.z;
    const float spread = channel == 0 ? std.x : channel == 1 ? std.y : std.z;
    out[i] = (fminf(fmaxf(sum, 0.0F), 1.0F) - centre) / spread;
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_clip_preprocess(int type, const void* images, int64_t n, int64_t height, int64_t width,
                                        irs_cuda_taps rows, irs_cuda_taps columns, const float* mean, const float* std,
                                        float* out, irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        return launch(clip_preprocess<T>, blocks_for(n * 3 * rows.count * columns.count), kThreads, stream,
                      static_cast<const T*>(images), n * 3, height, width, rows, columns,
                      make_float3(mean[0], mean[1], mean[2]), make_float3(std[0], std[1], std[2]), out);
    });
}
