#include "error.h"
#include "models/clip.h"
#include "torch/ops.h"

namespace irs {

ClipTower::ClipTower(Loader& load, const std::string& prefix, const ClipTowerConfig& config)
    : config_(config), quick_gelu_factor_(Tensor::scalar(1.702F)) {
    const int64_t d = config.width;
    for (int64_t i = 0; i < config.layers; i++) {
        const std::string layer = join(prefix, "encoder.layers.", i, ".");
        layers_.push_back({load.norm(layer + "layer_norm1", d), load.norm(layer + "layer_norm2", d),
                           load.linear(layer + "self_attn.q_proj", d, d),
                           load.linear(layer + "self_attn.k_proj", d, d),
                           load.linear(layer + "self_attn.v_proj", d, d),
                           load.linear(layer + "self_attn.out_proj", d, d),
                           load.linear(layer + "mlp.fc1", config.mlp, d),
                           load.linear(layer + "mlp.fc2", d, config.mlp)});
    }
    for (Linear* layer : layers()) layer->name.erase(0, prefix.size());
}

std::vector<Linear*> ClipTower::layers() {
    std::vector<Linear*> out;
    for (Layer& layer : layers_) {
        out.insert(out.end(), {&layer.q, &layer.k, &layer.v, &layer.out, &layer.fc1, &layer.fc2});
    }
    return out;
}

std::vector<Vector> ClipTower::norms(const std::string& prefix) {
    std::vector<Vector> out;
    for (size_t i = 0; i < layers_.size(); i++) {
        const std::string layer = join(prefix, "encoder.layers.", i, ".");
        append(out, layer + "layer_norm1", layers_[i].norm1);
        append(out, layer + "layer_norm2", layers_[i].norm2);
    }
    return out;
}

Tensor ClipTower::activate(const Tensor& x) const {
    switch (config_.activation) {
        case IRS_ACT_QUICK_GELU:
            return ops::multiply(x, ops::sigmoid(ops::multiply(x, quick_gelu_factor_)));
        case IRS_ACT_GELU:
            return ops::gelu_erf(x);
        default:
            return ops::gelu_tanh(x);
    }
}

Tensor ClipTower::attend(const Layer& layer, const Tensor& x, bool causal) const {
    const int64_t n = x.size(0), tokens = x.size(1), d = config_.width;
    const auto heads = [&](const Linear& project) {
        return ops::transpose(ops::reshape(project(x), {n, tokens, config_.heads, d / config_.heads}), 1, 2);
    };
    const Tensor out =
        ops::attention(heads(layer.q), heads(layer.k), heads(layer.v), Tensor(), causal, std::nullopt);
    return layer.out(ops::reshape(ops::transpose(out, 1, 2), {n, tokens, d}));
}

Tensor ClipTower::operator()(Tensor x, bool causal) const {
    for (const Layer& layer : layers_) {
        const Tensor normed = ops::layer_norm(x, layer.norm1.weight, layer.norm1.bias, config_.eps);
        x = ops::add(x, attend(layer, normed, causal));
        const Tensor mlp = layer.fc1(ops::layer_norm(x, layer.norm2.weight, layer.norm2.bias, config_.eps));
        x = ops::add(x, layer.fc2(activate(mlp)));
    }
    return x;
}

}  // namespace irs
