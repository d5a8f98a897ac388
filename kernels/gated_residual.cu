// A block a row, so that the next norm finds the row in its cache.
#include "cuda_common.cuh"

namespace irs::cuda {
namespace {

template <typename T>
__global__ void __launch_bounds__(kThreads)
    gated_residual(irs_cuda_rows x, int64_t width, irs_cuda_table gate, irs_cuda_rows update, irs_cuda_table scale,
                   irs_cuda_table shift, float eps, irs_cuda_rows out) {
    const int64_t r = blockIdx.x, b = r / x.tokens;
    T* row = row_of<T>(x, r);
    const T *by = line_of<T>(gate, b), *plus = row_of<T>(update, r);
    for (int64_t c = threadIdx.x; c < width; c += kThreads) {
        row[c] = from_float<T>(to_float(row[c]) + to_float(by[c]) * to_float(plus[c]));
    }
    if (out.data == nullptr) return;
    // Every thread reads again only what it wrote.
    norm_row(row, width, line_of<T>(scale, b), line_of<T>(shift, b), eps, row_of<T>(out, r));
}

}  // namespace
}  // namespace irs::cuda

extern "C" int irs_cuda_gated_residual(int type, irs_cuda_rows x, int64_t width, irs_cuda_table gate,
                                       irs_cuda_rows update, irs_cuda_table scale, irs_cuda_table shift, float eps,
                                       irs_cuda_rows out, void* stream) {
    using namespace irs::cuda;
    const auto blocks = static_cast<unsigned>(x.batch * x.tokens);
    return by_type(type, [&](auto value) {
        gated_residual<decltype(value)><<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
            x, width, gate, update, scale, shift, eps, out);
    });
}
