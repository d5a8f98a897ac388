// A block of 16 x 16 threads a tile of 64 rows and 16 packs: each thread sums 4 rows of one pack of products of the thin
// factors, which pass through shared memory 16 ranks at a time.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

constexpr int kSide = 16;             // of the block
constexpr int kRows = 4;              // a thread
constexpr int kTall = kRows * kSide;  // of the tile
constexpr int kDepth = 16;            // ranks at a time

template <typename T, int N>
__global__ void __launch_bounds__(kSide* kSide)
    lora_merge(const T* base, int64_t out, int64_t in, const float* b, const float* a, int64_t rank, float scale,
               T* weight) {
    constexpr int kWide = N * kSide;
    // Of each rank a column of b and a row of a. The thin factors are read once a tile; padding keeps b's banks apart.
    __shared__ float left[kDepth][kTall + 1];
    alignas(16) __shared__ float right[kDepth][kWide];
    const int64_t row0 = static_cast<int64_t>(blockIdx.y) * kTall, column0 = static_cast<int64_t>(blockIdx.x) * kWide;
    const int self = static_cast<int>(threadIdx.x), tx = self % kSide, ty = self / kSide;
    float sums[kRows][N] = {};
    for (int64_t k0 = 0; k0 < rank; k0 += kDepth) {
        for (int i = self; i < kDepth * kTall; i += kSide * kSide) {
            const int64_t row = row0 + i / kDepth, k = k0 + i % kDepth;
            left[i % kDepth][i / kDepth] = row < out && k < rank ? b[row * rank + k] : 0.0F;
        }
        for (int i = self; i < kDepth * kWide; i += kSide * kSide) {
            const int64_t column = column0 + i % kWide, k = k0 + i / kWide;
            right[i / kWide][i % kWide] = column < in && k < rank ? a[k * in + column] : 0.0F;
        }
        __syncthreads();
        for (int k = 0; k < kDepth; k++) {
            const Pack<float, N> by = load<N>(&right[k][N * tx]);
            for (int i = 0; i < kRows; i++) {
                const float of_row = left[k][ty + kSide * i];
                for (int j = 0; j < N; j++) sums[i][j] += of_row * by.at[j];
            }
        }
        __syncthreads();
    }
    const int64_t column = column0 + N * tx;
    if (column >= in) return;
    for (int i = 0; i < kRows; i++) {
        const int64_t row = row0 + ty + kSide * i;
        if (row >= out) return;
        const Pack<T, N> before = load<N>(base + row * in + column);
        Pack<T, N> after;
        for (int j = 0; j < N; j++) after.at[j] = from_float<T>(to_float(before.at[j]) + scale * sums[i][j]);
        store(weight + row * in + column, after);
    }
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_lora_merge(int type, const void* base, int64_t out, int64_t in, const float* b, const float* a,
                                   int64_t rank, float scale, void* weight, irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        constexpr int kPack = kWidest<T>;
        const auto run = [&](auto kernel, int64_t pack) {
            const int64_t wide = pack * kSide;
            const dim3 blocks(static_cast<unsigned>((in + wide - 1) / wide), static_cast<unsigned>((out + kTall - 1) / kTall));
            return launch(kernel, blocks, kSide * kSide, stream, static_cast<const T*>(base), out, in, b, a, rank, scale,
                          static_cast<T*>(weight));
        };
        const bool packed = in % kPack == 0 && in_packs<T>(base, kPack) && in_packs<T>(weight, kPack);
        return packed ? run(lora_merge<T, kPack>, kPack) : run(lora_merge<T, 1>, 1);
    });
}
