// The kernels on tensors, wherever those are: the CPU's here, CUDA's from libirscale_cuda.so where it lies beside this
// library. x, update and out are (N, tokens, width) in f32 or bf16 with the width side by side.
#pragma once

#include "clip_preprocess.h"
#include "models/modulations.h"
#include "torch/tensor.h"

namespace irs::kernels {

// Whether they serve tensors of a device and dtype.
bool serve(Device device, DType dtype);

// Whether matrices in FP8 are multiplied there as they are; else they are widened first.
bool multiplies_fp8(Device device);

// Whether cuDNN's attention is the fastest there: 16 bits on Hopper and later.
bool suits_cudnn(Device device, DType dtype);

void layer_norm_modulate(const Tensor& x, const Modulations& by, size_t scale, size_t shift, float eps,
                         const Tensor& out);

// x += gate * update; with `out`, layer_norm_modulate of the new x into it.
struct Next {
    size_t scale, shift;
    float eps;
    const Tensor& out;
};
void gated_residual(const Tensor& x, const Modulations& by, size_t gate, const Tensor& update, const Next* next);

// x (N, tokens, heads * head_dim), weight (head_dim), rope from token `first` on; out may be x.
void qk_norm_rope(const Tensor& x, int64_t heads, const Tensor& weight, const Tensor& rope, int64_t first, float eps,
                  const Tensor& out);

// A new weight: base (out, in) + scale b (out, rank) a (rank, in), all contiguous, a and b in f32.
Tensor lora_merge(const Tensor& base, const Tensor& b, const Tensor& a, float scale);

// out = a x + b v + c z by row, see transition.h. x and out (N, ...) of one type, v in f32 or bf16 and z in f32 like them or
// empty, all contiguous.
struct Factors {
    std::vector<float> a, b, c;
};
void transition(const Tensor& x, const Tensor& v, const Tensor& z, const Factors& by, bool rounded, const Tensor& out);

// out (N, ...) from v (N and more, ...), both contiguous and of one type, see guidance.h; negative and scale by row of out.
void guidance(const Tensor& v, const std::vector<int64_t>& negative, const std::vector<float>& scale, const Tensor& out);

// x (rows, width) in f32 or bf16, contiguous, as FP8 (E4M3) values (rows, width) times f32 scales (rows, 1).
struct Fp8Rows {
    Tensor values, scales;
};
Fp8Rows fp8_rows(const Tensor& x);

// images (N, 3, H, W) in f32 or bf16, contiguous, to (N, 3, places of rows, places of columns) in f32.
Tensor clip_preprocess(const Tensor& images, const Taps& rows, const Taps& columns, const float* mean, const float* std);

}  // namespace irs::kernels
