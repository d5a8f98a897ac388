#include "lora_update.h"

#include "torch/ops.h"
#include "train/initial.h"

namespace irs {

namespace {

// x with a share of its elements set to 0 and the rest enlarged to match. The choice is a hash of seed, layer and
// position (the finaliser of MurmurHash3), so that it repeats on any device.
Tensor dropped(const Tensor& x, const Dropout& dropout, const std::string& layer) {
    const auto seed = static_cast<int64_t>(dropout.seed ^ hash_of(layer));
    const Tensor keep = ops::hashed_uniform(x.shape(), seed, x.device());
    return ops::multiply(x, ops::divide(ops::at_least(keep, dropout.share).to(x.dtype()),
                                        Tensor::scalar(1.0F - dropout.share)));
}

// `count` places of a dimension from `first` on, in a circle.
Tensor circular(const Tensor& x, int64_t dim, int64_t first, int64_t count) {
    const int64_t size = x.size(dim);
    if (count == size && first == 0) return x;
    if (first + count <= size) return ops::narrow(x, dim, first, count);
    return ops::cat({ops::narrow(x, dim, first, size - first), ops::narrow(x, dim, 0, first + count - size)}, dim);
}

}  // namespace

Tensor LowRank::delta(float scale) const {
    // The scale goes to the thin factor: one pass less over the whole weight.
    return ops::matmul(ops::multiply(b, Tensor::scalar(scale)), a);
}

Tensor LowRank::run(const std::string& layer, const Tensor& x, float scale) const {
    const Tensor kept = dropout.share > 0.0F ? dropped(x, dropout, layer) : x;
    return up(ops::multiply(down(kept), Tensor::scalar(scale)));
}

Tensor Kronecker::delta(float scale) const {
    const int64_t a = w1.size(0), b = w1.size(1), c = w2.size(0), d = w2.size(1);
    const Tensor left = ops::reshape(ops::multiply(w1, Tensor::scalar(scale)), {a, 1, b, 1});
    const Tensor product = ops::multiply(left, ops::reshape(w2, {1, c, 1, d}));
    return circular(ops::reshape(product, {a * c, b * d}), 0, first, rows);
}

// With x as (b, d): y (a, c) = w1 x w2^T, so that kron(w1, w2) is never made.
Tensor Kronecker::run(const Tensor& x, float scale) const {
    const int64_t a = w1.size(0), b = w1.size(1), c = w2.size(0), d = w2.size(1);
    const int64_t tokens = x.numel() / (b * d);
    const Tensor inner = ops::linear(ops::reshape(x, {tokens, b, d}), run2, Tensor());
    const Tensor outer = ops::linear(ops::transpose(inner, 1, 2), ops::multiply(run1, Tensor::scalar(scale)), Tensor());
    Shape shape = x.shape();
    shape.back() = a * c;
    const Tensor y = ops::reshape(ops::transpose(outer, 1, 2), shape);
    return circular(y, x.dim() - 1, first, rows);
}

Tensor Difference::delta(float scale) const { return ops::multiply(weight, Tensor::scalar(scale)); }

Tensor Difference::run(const Tensor& x, float scale) const { return ops::multiply(layer(x), Tensor::scalar(scale)); }

Shape Update::shape() const {
    return std::visit([](const auto& of) { return of.shape(); }, term);
}

Tensor Update::delta(double factor) const {
    const auto by = static_cast<float>(factor * scale);
    return std::visit([&](const auto& of) { return of.delta(by); }, term);
}

Tensor Update::run(const std::string& layer, const Tensor& x, double factor) const {
    const auto by = static_cast<float>(factor * scale);
    if (const auto* low = std::get_if<LowRank>(&term)) return low->run(layer, x, by);
    if (const auto* kronecker = std::get_if<Kronecker>(&term)) return kronecker->run(x, by);
    return std::get<Difference>(term).run(x, by);
}

}  // namespace irs
