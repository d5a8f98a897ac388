#include "train/initial.h"

#include <cmath>

#include "error.h"
#include "noise.h"
#include "torch/gradient.h"
#include "torch/ops.h"

namespace irs {

namespace {

bool contains(const std::string& name, const char* part) { return name.find(part) != std::string::npos; }

bool ends_with(const std::string& name, const std::string& end) {
    return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
}

struct Distribution {
    double mean, deviation;
};

// AdaLN-Zero (arXiv 2212.09748, section 3.2): every block starts as the identity.
bool starts_at_zero(const std::string& name) {
    const bool modulation = contains(name, "norm") && contains(name, ".linear.");
    return modulation || name == "proj_out.weight";
}

Distribution distribution(const std::string& name, const Shape& shape, bool trainable) {
    constexpr double kEmbedding = 0.02;
    if (name == "logit_scale") return {std::log(1 / 0.07), 0};  // arXiv 2103.00020, section 2.5
    if (trainable && starts_at_zero(name)) return {0, 0};
    if (contains(name, "_embedding.weight") && !contains(name, "patch_embedding")) return {0, kEmbedding};
    if (ends_with(name, "class_embedding") || ends_with(name, "relative_attention_bias.weight")) return {0, kEmbedding};
    if (name == "shared.weight" || name == "encoder.embed_tokens.weight") return {0, 1};
    if (shape.size() < 2) return {ends_with(name, ".weight") ? 1.0 : 0.0, 0};
    double inputs = 1;
    for (size_t d = 1; d < shape.size(); d++) inputs *= static_cast<double>(shape[d]);
    // T5 divides no logit by the root of the head's width: its queries start small instead.
    return {0, ends_with(name, "SelfAttention.q.weight") ? 1 / inputs : 1 / std::sqrt(inputs)};
}

}  // namespace

uint64_t hash_of(const std::string& text) {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return hash;
}

Tensor initial(const Weights& weights, const std::string& name, const Shape& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) {
        require(!__builtin_mul_overflow(count, size, &count), name, " of shape ", to_string(shape), " overflows 64 bits");
    }
    const auto [mean, deviation] = distribution(name, shape, weights.trainable);
    const uint64_t seed = *weights.seed ^ hash_of(name);
    if (!weights.trainable && deviation > 0) {
        // Billions of them, for measuring alone: made where they are needed, uniform within sqrt(3) deviations.
        const Tensor uniform = ops::hashed_uniform(shape, static_cast<int64_t>(seed), weights.device);
        const auto width = static_cast<float>(2 * std::sqrt(3.0) * deviation);
        const Tensor centred = ops::subtract(uniform, Tensor::scalar(0.5F));
        return ops::multiply(centred, Tensor::scalar(width)).to(weights.dtype);
    }
    std::vector<float> values(static_cast<size_t>(count), static_cast<float>(mean));
    if (deviation > 0) {
        noise_fill(values.data(), count, seed);
        for (float& value : values) value = static_cast<float>(value * deviation);
    }
    Tensor tensor = Tensor::of(values, shape, weights.device).to(weights.dtype);
    if (weights.trainable) require_gradient(tensor);
    return tensor;
}

}  // namespace irs
