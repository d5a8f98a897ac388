// The ATen operators that the models use, by name through libtorch's dispatcher. Every one is recorded by autograd
// when grad mode is on. The stable ABI cannot pass ATen's Scalar type, hence add through subtract and 0-dim tensors.
#pragma once

#include <optional>

#include "torch/tensor.h"

namespace irs::ops {

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding);
// stride and padding: rows, columns.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Shape& stride, const Shape& padding);
// Pads the right and the bottom edge of (N, C, H, W) with one line of zeros.
Tensor pad_right_bottom(const Tensor& x);
Tensor upsample_nearest(const Tensor& x, int64_t height, int64_t width);
// Means over blocks of edge x edge.
Tensor mean_pool(const Tensor& x, int64_t edge);
// Means over the edge x edge neighbours of every place, edge odd; what lies outside does not count.
Tensor mean_of_neighbours(const Tensor& x, int64_t edge);
// Mean over all places: (N, C, H, W) to (N, C).
Tensor mean_of_places(const Tensor& x);
Tensor max_pool(const Tensor& x, int64_t edge, int64_t stride, int64_t padding);
// These two take no more neighbours where they shrink.
Tensor upsample_bilinear(const Tensor& x, int64_t height, int64_t width);
Tensor upsample_bicubic(const Tensor& x, int64_t height, int64_t width);
Tensor upsample_bilinear_antialias(const Tensor& x, int64_t height, int64_t width);
Tensor upsample_bicubic_antialias(const Tensor& x, int64_t height, int64_t width);

// Over the last dimension; weight and bias may be empty.
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps);
Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps);
Tensor group_norm(const Tensor& x, int64_t groups, const Tensor& weight, const Tensor& bias, double eps);
// Over the channels of (N, C, H, W), by the given mean and variance.
Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& mean,
                  const Tensor& variance, double eps);

Tensor relu(const Tensor& x);
Tensor silu(const Tensor& x);
Tensor sigmoid(const Tensor& x);
// y = plus + linear(x, weight), in place: y and x contiguous, plus y itself or a bias, weight perhaps a part of a wider one.
// On CUDA and not in a graph: on the CPU it would be OpenBLAS's, whose threads starve libtorch's.
void linear_into(const Tensor& y, const Tensor& x, const Tensor& weight, const Tensor& plus);
// gelu_tanh(linear(x, weight, bias)) by the matrix multiplication's own epilogue (cuBLASLt), where has_gelu_epilogue().
bool has_gelu_epilogue();
Tensor linear_gelu_tanh(const Tensor& x, const Tensor& weight, const Tensor& bias);
Tensor gelu_tanh(const Tensor& x);
Tensor gelu_erf(const Tensor& x);

// q, k, v: (N, heads, tokens, head dim). mask: empty or added to the logits. scale: 1/sqrt(head dim) when absent.
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, bool causal,
                 std::optional<double> scale);

// The same by cuDNN and nothing else, without mask, in 16 bits on CUDA.
Tensor cudnn_attention(const Tensor& q, const Tensor& k, const Tensor& v);

Tensor embedding(const Tensor& table, const Tensor& ids);
Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index);

Tensor add(const Tensor& a, const Tensor& b);
Tensor subtract(const Tensor& a, const Tensor& b);
Tensor multiply(const Tensor& a, const Tensor& b);
Tensor divide(const Tensor& a, const Tensor& b);
Tensor clamp(const Tensor& x, float low, float high);
Tensor round(const Tensor& x);
// Sum over the last dimension, which is kept.
Tensor sum_last(const Tensor& x);
// Mean over the last dimension.
Tensor mean_last(const Tensor& x);
Tensor square_root(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor absolute(const Tensor& x);
// logits (N, classes), target (N, classes) of probabilities: -sum(target log softmax(logits)), (N).
Tensor cross_entropy(const Tensor& logits, const Tensor& target);
// a (M, K) b (K, N) + bias in bf16: both in FP8, b column by column, times the f32 scales (M, 1) and (1, N). bias: bf16 or
// empty. On CUDA from compute capability 8.9 on.
Tensor scaled_mm(const Tensor& a, const Tensor& b, const Tensor& scale_a, const Tensor& scale_b, const Tensor& bias);
Tensor matmul(const Tensor& a, const Tensor& b);
// The same values outside of any autograd graph.
Tensor detach(const Tensor& x);
bool all_finite(const Tensor& x);

// Values in [0, 1), a function of the seed and of each position alone: the same on every device.
Tensor hashed_uniform(const Shape& shape, int64_t seed, Device device);
// 1 where x >= least, else 0, in x's dtype.
Tensor at_least(const Tensor& x, float least);

Tensor reshape(const Tensor& x, const Shape& shape);
Tensor expand(const Tensor& x, const Shape& shape);
Tensor permute(const Tensor& x, const Shape& order);
Tensor transpose(const Tensor& x, int64_t a, int64_t b);
// A view of [begin, begin + length) along `dim`.
Tensor narrow(const Tensor& x, int64_t dim, int64_t begin, int64_t length);
Tensor cat(const std::vector<Tensor>& parts, int64_t dim);
Tensor contiguous(const Tensor& x);
// (..., 2) real to (...) complex and back.
Tensor as_complex(const Tensor& x);
Tensor as_real(const Tensor& x);

}  // namespace irs::ops
