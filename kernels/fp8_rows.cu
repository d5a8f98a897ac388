// A block a row, which its second reading finds in the cache.
#include "cuda_common.cuh"
#include "fp8_rows.h"

namespace irs::cuda {
namespace {

template <typename T, int N>
__global__ void __launch_bounds__(kMostThreads) fp8_rows(const T* x, int width, uint8_t* values, float* scales) {
    const int64_t r = blockIdx.x;
    const T* row = x + r * width;
    const int first = N * static_cast<int>(threadIdx.x), stride = N * static_cast<int>(blockDim.x);
    float most = 0;
    for (int c = first; c < width; c += stride) {
        const Pack<T, N> pack = load<N>(row + c);
        for (const T value : pack.at) most = fmaxf(most, fabsf(to_float(value)));
    }
    most = over_block(most, Most{});
    const float scale = most > 0 ? __fdiv_rn(most, kFp8Most) : 1.0F;
    if (threadIdx.x == 0) scales[r] = scale;
    for (int c = first; c < width; c += stride) {
        const Pack<T, N> pack = load<N>(row + c);
        Pack<uint8_t, N> result;
        for (int i = 0; i < N; i++) {
            result.at[i] = __nv_cvt_float_to_fp8(__fdiv_rn(to_float(pack.at[i]), scale), __NV_SATFINITE, __NV_E4M3);
        }
        store(values + r * width + c, result);
    }
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_fp8_rows(int type, const void* x, int64_t rows, int64_t width, uint8_t* values, float* scales,
                                 irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        constexpr int kPack = kWidest<T>;
        const bool packed = width % kPack == 0 && in_packs<T>(x, kPack) && in_packs<uint8_t>(values, kPack);
        const auto run = [&](auto kernel, int pack) {
            return launch(kernel, dim3(static_cast<unsigned>(rows)), threads_for(width / pack), stream,
                          static_cast<const T*>(x), static_cast<int>(width), values, scales);
        };
        return packed ? run(fp8_rows<T, kPack>, kPack) : run(fp8_rows<T, 1>, 1);
    });
}

extern "C" int irs_cuda_capability(int device) {
    int major = 0, minor = 0;
    if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != cudaSuccess) return -1;
    if (cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) != cudaSuccess) return -1;
    return 10 * major + minor;
}
