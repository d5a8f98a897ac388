#include "models/layers.h"

#include <algorithm>

#include "switches.h"
#include "torch/kernels.h"
#include "torch/ops.h"

namespace irs {

namespace {

constexpr float kEps = 1e-6F;

int64_t tokens_of(const std::vector<Layers::Part>& parts) {
    int64_t out = 0;
    for (const Layers::Part& part : parts) out += part.x->size(1);
    return out;
}

}  // namespace

Layers::Layers(const Flux& flux, const Modulations& modulations, std::vector<Group> groups)
    : flux_(flux),
      modulations_(modulations),
      groups_(std::move(groups)),
      adapted_(groups_.size() > 1 || !groups_[0].adapters->empty()),
      kernels_(outside_graph() && kernels::serve(flux.device(), flux.dtype())) {}

Tensor Layers::normed(const Tensor& x, size_t shift, size_t scale) const {
    if (!kernels_ || !runs(Kernel::layer_norm_modulate)) {
        const Tensor normed = ops::layer_norm(x, Tensor(), Tensor(), kEps);
        return ops::add(ops::multiply(normed, modulations_.column(scale)), modulations_.column(shift));
    }
    const Tensor out = Tensor::empty(x.shape(), x.dtype(), x.device());
    kernels::layer_norm_modulate(x, modulations_, scale, shift, kEps, out);
    return out;
}

// With the run-time LoRAs of each row.
Tensor Layers::linear(const Linear& layer, const Tensor& x) const {
    const Tensor y = layer(x);
    if (!adapted_) return y;
    if (groups_.size() == 1) return adapted(layer, x, y, *groups_[0].adapters);
    const auto names_layer = [&](const Group& rows) { return names(*rows.adapters, layer.name); };
    if (std::none_of(groups_.begin(), groups_.end(), names_layer)) return y;
    std::vector<Tensor> parts;
    for (const Group& rows : groups_) {
        const auto of_group = [&](const Tensor& all) { return ops::narrow(all, 0, rows.begin, rows.count); };
        parts.push_back(adapted(layer, of_group(x), of_group(y), *rows.adapters));
    }
    return ops::cat(parts, 0);
}

Tensor Layers::gelu(const Linear& layer, const Tensor& x) const {
    // On CUDA the matrix multiplication applies the GELU to its own result, by a tanh that is good enough for 16 bits.
    const bool own = writes_product(layer) && ops::has_gelu_epilogue() && flux_.dtype() == DType::bf16;
    return own ? ops::linear_gelu_tanh(x, layer.weight, layer.bias) : ops::gelu_tanh(linear(layer, x));
}

bool Layers::writes_product(const Linear& layer) const {
    return kernels_ && !adapted_ && !flux_.device().is_cpu() && !layer.fp8 && layer.bias;
}

Tensor Layers::linear(const Linear& layer, const Tensor& a, const Tensor& b) const {
    if (!writes_product(layer)) return linear(layer, ops::cat({a, b}, 2));
    const int64_t of_a = a.size(2);
    const Tensor y = ops::linear(a, ops::narrow(layer.weight, 1, 0, of_a), layer.bias);
    ops::linear_into(y, b, ops::narrow(layer.weight, 1, of_a, b.size(2)), y);
    return y;
}

void Layers::gated(Tensor& x, size_t gate, const Tensor& y) const {
    if (kernels_ && runs(Kernel::gated_residual)) {
        kernels::gated_residual(x, modulations_, gate, y, nullptr);
        return;
    }
    const Tensor sum = ops::add(x, ops::multiply(modulations_.column(gate), y));
    if (in_place()) {
        x.fill_from(sum);
    } else {
        x = sum;
    }
}

Tensor Layers::gated_normed(Tensor& x, size_t gate, const Tensor& y, size_t shift, size_t scale) const {
    if (!kernels_ || !runs(Kernel::gated_residual) || !runs(Kernel::layer_norm_modulate)) {
        gated(x, gate, y);
        return normed(x, shift, scale);
    }
    const Tensor out = Tensor::empty(x.shape(), x.dtype(), x.device());
    const kernels::Next next{scale, shift, kEps, out};
    kernels::gated_residual(x, modulations_, gate, y, &next);
    return out;
}

// (N, tokens, d) to (N, tokens, heads, head dim)
Tensor Layers::heads(const Tensor& x) const {
    return ops::reshape(x, {x.size(0), x.size(1), flux_.config().heads, flux_.config().head_dim});
}

bool Layers::stacked(const std::vector<Part>& parts) const {
    if (!kernels_ || adapted_ || !runs(Kernel::qk_norm_rope)) return false;
    for (const Part& part : parts) {
        if (!part.q->stack || part.q->stack != part.k->stack || part.q->stack != part.v->stack) return false;
    }
    return true;
}

Layers::Projected Layers::projected(const std::vector<Part>& parts, const Tensor& rope) const {
    if (stacked(parts)) return projected_at_once(parts, rope);
    return {turned(parts, &Part::q, &Part::norm_q, rope), turned(parts, &Part::k, &Part::norm_k, rope), joint(parts, &Part::v)};
}

Layers::Projected Layers::projected_at_once(const std::vector<Part>& parts, const Tensor& rope) const {
    const int64_t n = parts[0].x->size(0), d = flux_.width();
    const bool alone = parts.size() == 1;
    const Tensor all = alone ? (*parts[0].q->stack)(*parts[0].x)
                             : Tensor::empty({n, tokens_of(parts), 3 * d}, flux_.dtype(), flux_.device());
    const auto third = [&](const Tensor& x, int64_t index) { return ops::narrow(x, 2, index * d, d); };
    int64_t first = 0;
    for (const Part& part : parts) {
        const int64_t own = part.x->size(1);
        const Tensor to = ops::narrow(all, 1, first, own);
        const Linear& layer = *part.q->stack;
        // Of several rows a part's tokens do not lie side by side.
        const bool there = alone || (n == 1 && writes_product(layer));
        if (there && !alone) ops::linear_into(to, *part.x, layer.weight, layer.bias);
        const Tensor from = there ? to : layer(*part.x);
        kernels::qk_norm_rope(third(from, 0), flux_.config().heads, *part.norm_q, rope, first, kEps, third(to, 0));
        kernels::qk_norm_rope(third(from, 1), flux_.config().heads, *part.norm_k, rope, first, kEps, third(to, 1));
        if (!there) third(to, 2).fill_from(third(from, 2));
        first += own;
    }
    return {third(all, 0), third(all, 1), third(all, 2)};
}

Tensor Layers::joint(const std::vector<Part>& parts, Layer layer) const {
    std::vector<Tensor> all;
    for (const Part& part : parts) all.push_back(linear(*(part.*layer), *part.x));
    return all.size() == 1 ? all[0] : ops::cat(all, 1);
}

Tensor Layers::turned(const std::vector<Part>& parts, Layer layer, NormOf norm, const Tensor& rope) const {
    if (kernels_ && runs(Kernel::qk_norm_rope)) {
        const Tensor out =
            Tensor::empty({parts[0].x->size(0), tokens_of(parts), flux_.width()}, flux_.dtype(), flux_.device());
        int64_t first = 0;
        for (const Part& part : parts) {
            const int64_t own = part.x->size(1);
            kernels::qk_norm_rope(linear(*(part.*layer), *part.x), flux_.config().heads, *(part.*norm), rope, first, kEps,
                                  ops::narrow(out, 1, first, own));
            first += own;
        }
        return out;
    }
    std::vector<Tensor> normed;
    for (const Part& part : parts) {
        normed.push_back(ops::rms_norm(heads(linear(*(part.*layer), *part.x)), *(part.*norm), kEps));
    }
    const Tensor x = normed.size() == 1 ? normed[0] : ops::cat(normed, 1);
    // Turns adjacent pairs by their position's angle, in f32 (embeddings.py, apply_rotary_emb).
    const int64_t n = x.size(0), tokens = x.size(1), h = x.size(2), half = x.size(3) / 2;
    const Tensor pairs = ops::as_complex(ops::reshape(x.to(DType::f32), {n, tokens, h, half, 2}));
    const Tensor turned = ops::as_real(ops::multiply(pairs, rope));
    return ops::reshape(turned, {n, tokens, h * 2 * half}).to(x.dtype());
}

Tensor Layers::attention(const Projected& of) const {
    const auto& [q, k, v] = of;
    const auto by_head = [&](const Tensor& x) { return ops::transpose(heads(x), 1, 2); };
    const bool cudnn = kernels_ && runs(Kernel::cudnn_attention) && kernels::suits_cudnn(q.device(), q.dtype());
    if (cudnn) called(Kernel::cudnn_attention);
    const Tensor out = cudnn ? ops::cudnn_attention(by_head(q), by_head(k), by_head(v))
                             : ops::attention(by_head(q), by_head(k), by_head(v), Tensor(), false, std::nullopt);
    return ops::reshape(ops::transpose(out, 1, 2), q.shape());
}

}  // namespace irs
