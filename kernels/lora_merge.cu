// A block of 16 x 16 threads a tile of 64 x 64: each thread sums 4 x 4 products of the thin factors, which pass through
// shared memory 16 ranks at a time.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

constexpr int kEdge = 64;   // of a tile
constexpr int kDepth = 16;  // ranks at a time
constexpr int kEach = 4;    // rows and columns a thread
constexpr int kSide = kEdge / kEach;

template <typename T>
__global__ void __launch_bounds__(kSide* kSide)
    lora_merge(const T* base, int64_t out, int64_t in, const float* b, const float* a, int64_t rank, float scale,
               T* weight) {
    __shared__ float rows[kDepth][kEdge + 1], columns[kDepth][kEdge];
    const int64_t row0 = static_cast<int64_t>(blockIdx.y) * kEdge, column0 = static_cast<int64_t>(blockIdx.x) * kEdge;
    const int tx = threadIdx.x % kSide, ty = threadIdx.x / kSide;
    float sums[kEach][kEach] = {};
    for (int64_t k0 = 0; k0 < rank; k0 += kDepth) {
        for (int i = threadIdx.x; i < kDepth * kEdge; i += kSide * kSide) {
            const int64_t row = row0 + i / kDepth, row_k = k0 + i % kDepth;
            rows[i % kDepth][i / kDepth] = row < out && row_k < rank ? b[row * rank + row_k] : 0.0F;
            const int64_t column = column0 + i % kEdge, column_k = k0 + i / kEdge;
            columns[i / kEdge][i % kEdge] = column < in && column_k < rank ? a[column_k * in + column] : 0.0F;
        }
        __syncthreads();
        for (int k = 0; k < kDepth; k++) {
            for (int i = 0; i < kEach; i++) {
                for (int j = 0; j < kEach; j++) sums[i][j] += rows[k][ty + kSide * i] * columns[k][tx + kSide * j];
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < kEach; i++) {
        for (int j = 0; j < kEach; j++) {
            const int64_t row = row0 + ty + kSide * i, column = column0 + tx + kSide * j;
            if (row >= out || column >= in) continue;
            const int64_t at = row * in + column;
            weight[at] = from_float<T>(to_float(base[at]) + scale * sums[i][j]);
        }
    }
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_lora_merge(int type, const void* base, int64_t out, int64_t in, const float* b, const float* a,
                                   int64_t rank, float scale, void* weight, void* stream) {
    using namespace irs::cuda;
    const dim3 blocks(static_cast<unsigned>((in + kEdge - 1) / kEdge), static_cast<unsigned>((out + kEdge - 1) / kEdge));
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        lora_merge<<<blocks, kSide * kSide, 0, static_cast<cudaStream_t>(stream)>>>(
            static_cast<const T*>(base), out, in, b, a, rank, scale, static_cast<T*>(weight));
    });
}
