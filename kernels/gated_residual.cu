// A block a row, so that the next norm finds the row in its cache.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T, int N>
__global__ void __launch_bounds__(kMostThreads)
    gated_residual(irs_cuda_rows x, int width, irs_cuda_table gate, irs_cuda_rows update, irs_cuda_table scale,
                   irs_cuda_table shift, float eps, irs_cuda_rows out) {
    const int64_t r = blockIdx.x, b = r / x.tokens;
    T* row = row_of<T>(x, r);
    const T *by = line_of<T>(gate, b), *plus = row_of<T>(update, r);
    for (int c = N * static_cast<int>(threadIdx.x); c < width; c += N * static_cast<int>(blockDim.x)) {
        const Pack<T, N> gates = load<N>(by + c), updates = load<N>(plus + c);
        Pack<T, N> values = load<N>(row + c);
        for (int i = 0; i < N; i++) {
            values.at[i] = from_float<T>(to_float(values.at[i]) + to_float(gates.at[i]) * to_float(updates.at[i]));
        }
        store(row + c, values);
    }
    if (out.data == nullptr) return;
    // Every thread reads again only what it wrote.
    norm_row<N>(row, width, line_of<T>(scale, b), line_of<T>(shift, b), eps, row_of<T>(out, r));
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_gated_residual(int type, irs_cuda_rows x, int64_t width, irs_cuda_table gate,
                                       irs_cuda_rows update, irs_cuda_table scale, irs_cuda_table shift, float eps,
                                       irs_cuda_rows out, irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        constexpr int kPack = kWidest<T>;
        const dim3 blocks(static_cast<unsigned>(x.batch * x.tokens));
        const bool next = out.data == nullptr ||
                          (in_packs<T>(scale, kPack) && in_packs<T>(shift, kPack) && in_packs<T>(out, kPack));
        const bool packed = width % kPack == 0 && in_packs<T>(x, kPack) && in_packs<T>(gate, kPack) &&
                            in_packs<T>(update, kPack) && next;
        const auto run = [&](auto kernel, int pack) {
            return launch(kernel, blocks, threads_for(width / pack), stream, x, static_cast<int>(width), gate, update, scale,
                   shift, eps, out);
        };
        return packed ? run(gated_residual<T, kPack>, kPack) : run(gated_residual<T, 1>, 1);
    });
}
