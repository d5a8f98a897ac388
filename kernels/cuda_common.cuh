// What the CUDA kernels share.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "cuda_api.h"

namespace irs::cuda {

__device__ inline float to_float(float x) { return x; }
__device__ inline float to_float(__nv_bfloat16 x) { return __bfloat162float(x); }

template <typename T>
__device__ T from_float(float x);
template <>
__device__ inline float from_float<float>(float x) {
    return x;
}
template <>
__device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float x) {
    return __float2bfloat16_rn(x);
}

template <typename T>
__device__ T* row_of(const irs_cuda_rows& rows, int64_t r) {
    return static_cast<T*>(rows.data) + r / rows.tokens * rows.batch_stride + r % rows.tokens * rows.row_stride;
}

template <typename T>
__device__ const T* line_of(const irs_cuda_table& table, int64_t b) {
    return static_cast<const T*>(table.data) + table.index[b] * table.stride;
}

constexpr int kThreads = 256;
constexpr int kWarp = 32;

__device__ inline float warp_sum(float x) {
    for (int step = kWarp / 2; step > 0; step /= 2) x += __shfl_xor_sync(0xffffffff, x, step);
    return x;
}

// The sum over a block of kThreads, in every thread.
__device__ inline float block_sum(float x) {
    __shared__ float sums[kThreads / kWarp];
    x = warp_sum(x);
    __syncthreads();  // of the last call
    if (threadIdx.x % kWarp == 0) sums[threadIdx.x / kWarp] = x;
    __syncthreads();
    float total = 0;
    for (float sum : sums) total += sum;
    return total;
}

// A block's row: layer_norm(x) * scale + shift.
template <typename T>
__device__ void norm_row(const T* x, int64_t width, const T* scale, const T* shift, float eps, T* out) {
    float sum = 0;
    for (int64_t c = threadIdx.x; c < width; c += kThreads) sum += to_float(x[c]);
    const float mean = block_sum(sum) / static_cast<float>(width);
    float squares = 0;
    for (int64_t c = threadIdx.x; c < width; c += kThreads) {
        const float centred = to_float(x[c]) - mean;
        squares += centred * centred;
    }
    const float inverse = rsqrtf(block_sum(squares) / static_cast<float>(width) + eps);
    for (int64_t c = threadIdx.x; c < width; c += kThreads) {
        out[c] = from_float<T>((to_float(x[c]) - mean) * inverse * to_float(scale[c]) + to_float(shift[c]));
    }
}

// Calls with a value of the type; an unknown one is an invalid value.
template <typename Call>
int by_type(int type, const Call& call) {
    if (type == 0) {
        call(float{});
    } else if (type == 1) {
        call(__nv_bfloat16{});
    } else {
        return cudaErrorInvalidValue;
    }
    return cudaGetLastError();
}

}  // namespace irs::cuda
