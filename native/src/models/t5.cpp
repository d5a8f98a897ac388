#include "models/t5.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "error.h"
#include "models/checks.h"
#include "torch/ops.h"

namespace irs {

T5::T5(const irs_t5_config& config, Weights& weights) : config_(config), device_(weights.device) {
    const int64_t d = config.width, inner = int64_t{config.heads} * config.key;
    for (const auto& [name, value] : std::vector<std::pair<const char*, int64_t>>{{"d_model", d},
                                                                                  {"d_kv", config.key},
                                                                                  {"num_heads", config.heads},
                                                                                  {"d_ff", config.mlp},
                                                                                  {"vocab_size", config.vocabulary}}) {
        require_positive(name, value);
    }
    require_count("num_layers", config.layers);
    require(config.buckets >= 4 && config.buckets % 2 == 0, "relative_attention_num_buckets is ", config.buckets,
            ", expected an even number from 4");
    require(config.max_distance > config.buckets / 4, "relative_attention_max_distance is ", config.max_distance,
            ", expected more than ", config.buckets / 4);

    Loader load(weights);
    // Tied: files carry either name or both.
    const bool shared = load.has("shared.weight");
    embedding_ = load.take(shared ? "shared.weight" : "encoder.embed_tokens.weight", {config.vocabulary, d});
    for (int64_t i = 0; i < config.layers; i++) {
        const std::string block = join("encoder.block.", i, ".layer.");
        if (i == 0) {
            relative_bias_ = load.take(block + "0.SelfAttention.relative_attention_bias.weight",
                                       {config.buckets, config.heads});
        }
        layers_.push_back({load.take(block + "0.layer_norm.weight", {d}), load.take(block + "1.layer_norm.weight", {d}),
                           load.linear(block + "0.SelfAttention.q", inner, d, false),
                           load.linear(block + "0.SelfAttention.k", inner, d, false),
                           load.linear(block + "0.SelfAttention.v", inner, d, false),
                           load.linear(block + "0.SelfAttention.o", d, inner, false),
                           load.linear(block + "1.DenseReluDense.wi_0", config.mlp, d, false),
                           load.linear(block + "1.DenseReluDense.wi_1", config.mlp, d, false),
                           load.linear(block + "1.DenseReluDense.wo", d, config.mlp, false)});
    }
    final_norm_ = load.take("encoder.final_layer_norm.weight", {d});
    load.finish("T5");
}

Tensor T5::position_bias(int64_t tokens) const {
    const int64_t half = config_.buckets / 2, exact = half / 2;
    // bucket[d] for the distance d: exact up to `exact`, then logarithmic, in f32 as the reference computes it.
    std::vector<int64_t> bucket(static_cast<size_t>(tokens));
    const float log_range = static_cast<float>(std::log(static_cast<double>(config_.max_distance) / static_cast<double>(exact)));
    for (int64_t d = 0; d < tokens; d++) {
        const float log_distance = std::log(static_cast<float>(d) / static_cast<float>(exact));
        const auto far = static_cast<int64_t>(log_distance / log_range * static_cast<float>(half - exact));
        bucket[static_cast<size_t>(d)] = d < exact ? d : std::min(exact + far, half - 1);
    }
    std::vector<int64_t> index(static_cast<size_t>(tokens * tokens));
    for (int64_t query = 0; query < tokens; query++) {
        for (int64_t key = 0; key < tokens; key++) {
            const auto distance = static_cast<size_t>(std::abs(key - query));
            index[static_cast<size_t>(query * tokens + key)] = bucket[distance] + (key > query ? half : 0);
        }
    }
    const Tensor values = ops::embedding(relative_bias_, Tensor::of(index, {tokens, tokens}, device_));
    return ops::reshape(ops::permute(values, {2, 0, 1}), {1, config_.heads, tokens, tokens});
}

Tensor T5::attend(const Layer& layer, const Tensor& x, const Tensor& bias) const {
    const int64_t n = x.size(0), tokens = x.size(1);
    const auto heads = [&](const Linear& project) {
        return ops::transpose(ops::reshape(project(x), {n, tokens, config_.heads, config_.key}), 1, 2);
    };
    // T5 does not divide by sqrt(head dim).
    const Tensor out = ops::attention(heads(layer.q), heads(layer.k), heads(layer.v), bias, false, 1.0);
    return layer.o(ops::reshape(ops::transpose(out, 1, 2), {n, tokens, int64_t{config_.heads} * config_.key}));
}

Tensor T5::encode(int64_t n, int64_t tokens, const int64_t* ids) const {
    require_ids(n, tokens, ids, config_.vocabulary);
    const Tensor bias = position_bias(tokens);
    Tensor x = ops::embedding(embedding_,
                              Tensor::of(std::vector<int64_t>(ids, ids + n * tokens), {n, tokens}, device_));
    for (const Layer& layer : layers_) {
        x = ops::add(x, attend(layer, ops::rms_norm(x, layer.norm1, config_.eps), bias));
        const Tensor normed = ops::rms_norm(x, layer.norm2, config_.eps);
        x = ops::add(x, layer.wo(ops::multiply(ops::gelu_tanh(layer.wi_0(normed)), layer.wi_1(normed))));
    }
    return ops::rms_norm(x, final_norm_, config_.eps);
}

}  // namespace irs
