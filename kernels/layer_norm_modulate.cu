// A block a row.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T, int N>
__global__ void __launch_bounds__(kMostThreads)
    layer_norm_modulate(irs_cuda_rows x, int width, irs_cuda_table scale, irs_cuda_table shift, float eps,
                        irs_cuda_rows out) {
    const int64_t r = blockIdx.x, b = r / x.tokens;
    norm_row<N>(row_of<T>(x, r), width, line_of<T>(scale, b), line_of<T>(shift, b), eps, row_of<T>(out, r));
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_layer_norm_modulate(int type, irs_cuda_rows x, int64_t width, irs_cuda_table scale,
                                            irs_cuda_table shift, float eps, irs_cuda_rows out, irs_cuda_stream stream) {
    using namespace irs::cuda;
    return by_type(type, [&](auto value) {
        using T = decltype(value);
        constexpr int kPack = kWidest<T>;
        const dim3 blocks(static_cast<unsigned>(x.batch * x.tokens));
        const bool packed = width % kPack == 0 && in_packs<T>(x, kPack) && in_packs<T>(scale, kPack) &&
                            in_packs<T>(shift, kPack) && in_packs<T>(out, kPack);
        const auto run = [&](auto kernel, int pack) {
            return launch(kernel, blocks, threads_for(width / pack), stream, x, static_cast<int>(width), scale, shift, eps, out);
        };
        return packed ? run(layer_norm_modulate<T, kPack>, kPack) : run(layer_norm_modulate<T, 1>, 1);
    });
}
