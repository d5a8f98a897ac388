// A block a row, which its second reading finds in the cache.
#include <cuda_fp8.h>

#include "cuda_common.cuh"
#include "fp8_rows.h"

namespace irs::cuda {
namespace {

__device__ float block_max(float x) {
    __shared__ float most[kThreads / kWarp];
    for (int step = kWarp / 2; step > 0; step /= 2) x = fmaxf(x, __shfl_xor_sync(0xffffffff, x, step));
    if (threadIdx.x % kWarp == 0) most[threadIdx.x / kWarp] = x;
    __syncthreads();
    float all = 0;
    for (float each : most) all = fmaxf(all, each);
    return all;
}

template <typename T>
__global__ void __launch_bounds__(kThreads) fp8_rows(const T* x, int64_t width, uint8_t* values, float* scales) {
    const int64_t r = blockIdx.x;
    const T* row = x + r * width;
    float most = 0;
    for (int64_t c = threadIdx.x; c < width; c += kThreads) most = fmaxf(most, fabsf(to_float(row[c])));
    most = block_max(most);
    const float scale = most > 0 ? __fdiv_rn(most, kFp8Most) : 1.0F;
    if (threadIdx.x == 0) scales[r] = scale;
    for (int64_t c = threadIdx.x; c < width; c += kThreads) {
        values[r * width + c] = __nv_cvt_float_to_fp8(__fdiv_rn(to_float(row[c]), scale), __NV_SATFINITE, __NV_E4M3);
    }
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_fp8_rows(int type, const void* x, int64_t rows, int64_t width, uint8_t* values, float* scales,
                                 void* stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        fp8_rows<T><<<static_cast<unsigned>(rows), kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
            static_cast<const T*>(x), width, values, scales);
    });
}

extern "C" int irs_cuda_capability(int device) {
    int major = 0, minor = 0;
    if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != cudaSuccess) return -1;
    if (cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) != cudaSuccess) return -1;
    return 10 * major + minor;
}
