// What the CUDA kernels share.
#pragma once

#include "cuda_pack.cuh"

namespace irs::cuda {

template <typename T>
__device__ T* row_of(const irs_cuda_rows& rows, int64_t r) {
    return static_cast<T*>(rows.data) + r / rows.tokens * rows.batch_stride + r % rows.tokens * rows.row_stride;
}

template <typename T>
__device__ const T* line_of(const irs_cuda_table& table, int64_t b) {
    return static_cast<const T*>(table.data) + table.index[b] * table.stride;
}

constexpr int kWarp = 32;
constexpr int kThreads = 256;       // a block where nothing asks for more
constexpr int kMostThreads = 1024;  // of any block

struct Sum {
    __device__ float operator()(float a, float b) const { return a + b; }
};
struct Most {
    __device__ float operator()(float a, float b) const { return fmaxf(a, b); }
};

template <typename Join>
__device__ float over_warp(float x, Join join) {
    for (int step = kWarp / 2; step > 0; step /= 2) x = join(x, __shfl_xor_sync(0xffffffff, x, step));
    return x;
}

// Of a block's values and 0, in every thread.
template <typename Join>
__device__ float over_block(float x, Join join) {
    __shared__ float of_warps[kMostThreads / kWarp];
    x = over_warp(x, join);
    __syncthreads();  // of the last call
    if (threadIdx.x % kWarp == 0) of_warps[threadIdx.x / kWarp] = x;
    __syncthreads();
    float all = 0;
    for (int warp = 0; warp < static_cast<int>(blockDim.x) / kWarp; warp++) all = join(all, of_warps[warp]);
    return all;
}

// A block's row: layer_norm(x) * scale + shift. After the first reading x is in the cache.
template <int N, typename T>
__device__ void norm_row(const T* x, int width, const T* scale, const T* shift, float eps, T* out) {
    const int first = N * static_cast<int>(threadIdx.x), stride = N * static_cast<int>(blockDim.x);
    float sum = 0;
    for (int c = first; c < width; c += stride) {
        const Pack<T, N> values = load<N>(x + c);
        for (const T value : values.at) sum += to_float(value);
    }
    const float mean = over_block(sum, Sum{}) / static_cast<float>(width);
    float squares = 0;
    for (int c = first; c < width; c += stride) {
        const Pack<T, N> values = load<N>(x + c);
        for (const T value : values.at) squares += (to_float(value) - mean) * (to_float(value) - mean);
    }
    const float inverse = rsqrtf(over_block(squares, Sum{}) / static_cast<float>(width) + eps);
    for (int c = first; c < width; c += stride) {
        const Pack<T, N> values = load<N>(x + c), by = load<N>(scale + c), plus = load<N>(shift + c);
        Pack<T, N> result;
        for (int i = 0; i < N; i++) {
            result.at[i] = from_float<T>((to_float(values.at[i]) - mean) * inverse * to_float(by.at[i]) + to_float(plus.at[i]));
        }
        store(out + c, result);
    }
}

// From here on the host's side.

// Threads for a row of so many packs: one each where a block can be so large.
inline int threads_for(int64_t packs) {
    const int64_t warps = (packs + kWarp - 1) / kWarp;
    return static_cast<int>(warps > kMostThreads / kWarp ? kMostThreads : warps * kWarp);
}

// Blocks of kThreads for so many threads.
inline dim3 blocks_for(int64_t threads) { return dim3(static_cast<unsigned>((threads + kThreads - 1) / kThreads)); }

// Starts the kernel on the stream's device; nothing for an empty grid, which CUDA refuses. A cudaError_t.
template <typename... P, typename... A>
int launch(void (*kernel)(P...), dim3 blocks, int threads, const irs_cuda_stream& on, A... args) {
    if (blocks.x == 0 || blocks.y == 0) return cudaSuccess;
#ifdef __CUDACC__
    int before = 0;
    cudaGetDevice(&before);
    if (before != on.device) cudaSetDevice(on.device);
    kernel<<<blocks, threads, 0, static_cast<cudaStream_t>(on.stream)>>>(args...);
    if (before != on.device) cudaSetDevice(before);
#else
    static_cast<void>(on);
    emulated::launch(kernel, blocks, static_cast<unsigned>(threads), args...);
#endif
    return cudaGetLastError();
}

// Calls with a value of the type; an unknown one is an invalid value. A cudaError_t, as the call's.
template <typename Call>
int by_type(int type, const Call& call) {
    if (type == 0) return call(float{});
    if (type == 1) return call(__nv_bfloat16{});
    return cudaErrorInvalidValue;
}

}  // namespace irs::cuda
