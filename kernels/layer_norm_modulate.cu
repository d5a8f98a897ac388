// A block a row.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T>
__global__ void __launch_bounds__(kThreads)
    layer_norm_modulate(irs_cuda_rows x, int64_t width, irs_cuda_table scale, irs_cuda_table shift, float eps,
                        irs_cuda_rows out) {
    const int64_t r = blockIdx.x, b = r / x.tokens;
    norm_row(row_of<T>(x, r), width, line_of<T>(scale, b), line_of<T>(shift, b), eps, row_of<T>(out, r));
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_layer_norm_modulate(int type, irs_cuda_rows x, int64_t width, irs_cuda_table scale,
                                            irs_cuda_table shift, float eps, irs_cuda_rows out, void* stream) {
    using namespace irs::cuda;
    const auto blocks = static_cast<unsigned>(x.batch * x.tokens);
    return by_type(type, [&](auto value) {
        layer_norm_modulate<decltype(value)>
            <<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(x, width, scale, shift, eps, out);
    });
}
