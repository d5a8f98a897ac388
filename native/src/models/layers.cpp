#include "models/layers.h"

#include "amx_attention.h"
#include "error.h"
#include "switches.h"
#include "torch/kernels.h"
#include "torch/ops.h"
#include "torch/rows.h"

namespace irs {

namespace {

constexpr float kEps = 1e-6F;

}  // namespace

Layers::Layers(const Flux& flux, const Modulations& modulations, std::vector<Group> groups)
    : flux_(flux),
      modulations_(modulations),
      groups_(std::move(groups)),
      adapted_(groups_.size() > 1 || !groups_[0].adapters->empty()),
      path_(choose()) {}

Layers::Path Layers::choose() const {
    if (recording() || torch::api().grad_mode_is_enabled()) return Path::operators;
    if (!kernels::serve(flux_.device(), flux_.dtype())) return Path::operators;
    if (!flux_.device().is_cpu()) return Path::kernels;
    const bool fits = flux_.width() % amx::kEdge == 0 && !flux_.trainable();
    return fits && runs(Kernel::tile_linear) ? Path::tiles : Path::kernels;
}

// Tiles to be filled.
Hidden Layers::tiled(int64_t n, int64_t tokens, int64_t width) const {
    const int parts = flux_.dtype() == DType::f32 ? amx::parts_of<float>() : amx::parts_of<bf16>();
    return {n, tokens, Tensor(), std::make_shared<amx::Rows>(flux_.workspace(), n * tokens, width, parts)};
}

Hidden Layers::hidden(const Tensor& x) const {
    if (path_ != Path::tiles) return {x.size(0), x.size(1), x, nullptr};
    Hidden out = tiled(x.size(0), x.size(1), x.size(2));
    by_type(x, [&](auto type) { out.tiles->put(rows_of<const decltype(type)>(x), 0, x.size(2)); });
    if (adapted_) out.plain = x;
    return out;
}

Hidden Layers::normed(const Tensor& x, size_t shift, size_t scale) const {
    if (path_ == Path::operators || !runs(Kernel::layer_norm_modulate)) {
        const Tensor normed = ops::layer_norm(x, Tensor(), Tensor(), kEps);
        return hidden(ops::add(ops::multiply(normed, modulations_.column(scale)), modulations_.column(shift)));
    }
    if (path_ == Path::kernels || adapted_) {
        const Tensor plain = Tensor::empty(x.shape(), x.dtype(), x.device());
        kernels::layer_norm_modulate(x, modulations_, scale, shift, kEps, plain);
        return hidden(plain);
    }
    Hidden out = tiled(x.size(0), x.size(1), x.size(2));
    by_type(x, [&](auto type) {
        using T = decltype(type);
        out.tiles->put_modulated(rows_of<const T>(x), modulations_.vectors<T>(scale), modulations_.vectors<T>(shift),
                                 kEps);
    });
    return out;
}

// y plus the run-time LoRAs of each row.
Tensor Layers::with_branches(const Tensor& y, const Linear& layer, const Tensor& x) const {
    if (!adapted_) return y;
    std::vector<Tensor> parts;
    bool changed = false;
    for (const Group& rows : groups_) {
        const bool whole = groups_.size() == 1;
        const Tensor part = whole ? y : ops::narrow(y, 0, rows.begin, rows.count);
        const Tensor in = whole ? x : ops::narrow(x, 0, rows.begin, rows.count);
        const Tensor update = branch(layer, in, *rows.adapters);
        parts.push_back(update ? ops::add(part, update) : part);
        changed |= static_cast<bool>(update);
    }
    if (!changed) return y;
    return parts.size() == 1 ? parts[0] : ops::cat(parts, 0);
}

Tensor Layers::apply(const Linear& layer, const Tensor& x) const { return with_branches(layer(x), layer, x); }

Tensor Layers::linear(const Linear& layer, const Hidden& x) const {
    if (!x.tiles) return apply(layer, x.plain);
    Tensor out = Tensor::empty({x.n, x.tokens, layer.weight.size(0)}, flux_.dtype(), flux_.device());
    by_type(out, [&](auto type) { amx::linear(*x.tiles, layer.tiles(), rows_of<decltype(type)>(out)); });
    return with_branches(out, layer, x.plain);
}

Hidden Layers::gelu(const Linear& layer, const Hidden& x, int64_t room) const {
    if (adapted_) return hidden(ops::gelu_tanh(linear(layer, x)));
    if (!x.tiles) {
        // On CUDA the matrix multiplication applies the GELU to its own result; elsewhere that is no gain.
        const bool own = path_ == Path::kernels && !flux_.device().is_cpu() && ops::has_gelu_epilogue() && layer.bias;
        return {x.n, x.tokens,
                own ? ops::linear_gelu_tanh(x.plain, layer.weight, layer.bias) : ops::gelu_tanh(apply(layer, x.plain)),
                nullptr};
    }
    Hidden out = tiled(x.n, x.tokens, room + layer.weight.size(0));
    amx::linear_gelu(*x.tiles, layer.tiles(), *out.tiles, room);
    return out;
}

Hidden Layers::beside(const Tensor& x, Hidden hidden) const {
    if (hidden.plain) return this->hidden(ops::cat({x, hidden.plain}, 2));
    by_type(x, [&](auto type) { hidden.tiles->put(rows_of<const decltype(type)>(x), 0, x.size(2)); });
    return hidden;
}

void Layers::gated(Tensor& x, size_t gate, const Linear& layer, const Hidden& update) const {
    if (update.tiles && !adapted_ && runs(Kernel::gated_residual)) {
        by_type(x, [&](auto type) {
            using T = decltype(type);
            amx::linear_gated(*update.tiles, layer.tiles(), modulations_.vectors<T>(gate), rows_of<T>(x));
        });
        return;
    }
    const Tensor y = linear(layer, update);
    if (in_place() && runs(Kernel::gated_residual)) {
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

Hidden Layers::gated_normed(Tensor& x, size_t gate, const Linear& layer, const Hidden& update, size_t shift,
                            size_t scale) const {
    const bool fused = path_ == Path::kernels && runs(Kernel::gated_residual) && runs(Kernel::layer_norm_modulate);
    if (!fused) {
        gated(x, gate, layer, update);
        return normed(x, shift, scale);
    }
    Hidden out{x.size(0), x.size(1), Tensor::empty(x.shape(), x.dtype(), x.device()), nullptr};
    const kernels::Next next{scale, shift, kEps, out.plain};
    kernels::gated_residual(x, modulations_, gate, linear(layer, update), &next);
    return out;
}

// (N, tokens, d) to (N, tokens, heads, head dim)
Tensor Layers::heads(const Tensor& x) const {
    return ops::reshape(x, {x.size(0), x.size(1), flux_.config().heads, flux_.config().head_dim});
}

Tensor Layers::joint(const std::vector<Part>& parts) const {
    if (path_ != Path::tiles || adapted_) {
        std::vector<Tensor> all;
        for (const Part& part : parts) all.push_back(linear(*part.layer, *part.x));
        return all.size() == 1 ? all[0] : ops::cat(all, 1);
    }
    int64_t tokens = 0;
    for (const Part& part : parts) tokens += part.x->tokens;
    Tensor out = Tensor::empty({parts[0].x->n, tokens, flux_.width()}, flux_.dtype(), flux_.device());
    by_type(out, [&](auto type) {
        int64_t first = 0;
        for (const Part& part : parts) {
            const RowsOf<decltype(type)> rows = rows_of<decltype(type)>(ops::narrow(out, 1, first, part.x->tokens));
            amx::linear(*part.x->tiles, part.layer->tiles(), rows);
            first += part.x->tokens;
        }
    });
    return out;
}

Tensor Layers::turned(const std::vector<Part>& parts, const Tensor& rope) const {
    if (path_ != Path::operators && runs(Kernel::qk_norm_rope)) {
        const bool in_place = path_ == Path::tiles && !adapted_;
        int64_t tokens = 0, first = 0;
        for (const Part& part : parts) tokens += part.x->tokens;
        const Tensor out = in_place ? joint(parts)
                                    : Tensor::empty({parts[0].x->n, tokens, flux_.width()}, flux_.dtype(), flux_.device());
        for (const Part& part : parts) {
            const Tensor own = ops::narrow(out, 1, first, part.x->tokens);
            const Tensor from = in_place ? own : linear(*part.layer, *part.x);
            kernels::qk_norm_rope(from, flux_.config().heads, *part.norm, rope, first, kEps, own);
            first += part.x->tokens;
        }
        return out;
    }
    std::vector<Tensor> normed;
    for (const Part& part : parts) {
        normed.push_back(ops::rms_norm(heads(linear(*part.layer, *part.x)), *part.norm, kEps));
    }
    const Tensor x = normed.size() == 1 ? normed[0] : ops::cat(normed, 1);
    // Turns adjacent pairs by their position's angle, in f32 (embeddings.py, apply_rotary_emb).
    const int64_t n = x.size(0), tokens = x.size(1), h = x.size(2), half = x.size(3) / 2;
    const Tensor pairs = ops::as_complex(ops::reshape(x.to(DType::f32), {n, tokens, h, half, 2}));
    const Tensor turned = ops::as_real(ops::multiply(pairs, rope));
    return ops::reshape(turned, {n, tokens, h * 2 * half}).to(x.dtype());
}

Tensor Layers::attention(const Tensor& q, const Tensor& k, const Tensor& v) const {
    if (path_ == Path::tiles && runs(Kernel::tile_attention)) {
        const Tensor out = Tensor::empty(q.shape(), q.dtype(), q.device());
        by_type(q, [&](auto type) {
            using T = decltype(type);
            amx::attention(rows_of<const T>(q), rows_of<const T>(k), rows_of<const T>(v), flux_.config().heads,
                           flux_.config().head_dim, rows_of<T>(out));
        });
        return out;
    }
    const auto by_head = [&](const Tensor& x) { return ops::transpose(heads(x), 1, 2); };
    const Tensor out = ops::attention(by_head(q), by_head(k), by_head(v), Tensor(), false, std::nullopt);
    return ops::reshape(ops::transpose(out, 1, 2), q.shape());
}

}  // namespace irs
