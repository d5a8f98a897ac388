#include "models/dinov2.h"

#include "error.h"
#include "models/checks.h"
#include "models/clip_preprocessing.h"
#include "torch/ops.h"

namespace irs {

namespace {

// ImageNet's, per colour.
const std::vector<float> kMean = {0.485F, 0.456F, 0.406F};
const std::vector<float> kDeviation = {0.229F, 0.224F, 0.225F};

void check(const irs_dinov2_config& c) {
    require_count("layers", c.layers);
    require_divides("heads", c.heads, "width", c.width);
    require_positive("mlp", c.mlp);
    require_divides("patch_size", c.patch_size, "image_size", c.image_size);
}

}  // namespace

Dinov2::Dinov2(const irs_dinov2_config& config, Weights& weights)
    : config_(config), device_(weights.device), dtype_(weights.dtype) {
    check(config);
    Loader load(weights);
    const int64_t d = config.width, patch = config.patch_size, side = config.image_size / patch;
    class_token_ = load.take("embeddings.cls_token", {1, 1, d});
    positions_ = load.take("embeddings.position_embeddings", {1, side * side + 1, d});
    patches_ = load.conv("embeddings.patch_embeddings.projection", d, 3, patch, patch, 0);
    for (int64_t i = 0; i < config.layers; i++) {
        const std::string name = join("encoder.layer.", i, ".");
        const auto project = [&](const char* what) {
            return load.linear(join(name, "attention.attention.", what), d, d, config.qkv_bias != 0);
        };
        layers_.push_back({load.norm(name + "norm1", d), load.norm(name + "norm2", d), project("query"),
                           project("key"), project("value"), load.linear(name + "attention.output.dense", d, d),
                           load.linear(name + "mlp.fc1", config.mlp, d), load.linear(name + "mlp.fc2", d, config.mlp),
                           load.take(name + "layer_scale1.lambda1", {d}),
                           load.take(name + "layer_scale2.lambda1", {d})});
    }
    final_ = load.norm("layernorm", d);
    load.finish("DINOv2");
}

// Those of the training's size, or interpolated; always in f32.
Tensor Dinov2::positions(int64_t rows, int64_t columns) const {
    const int64_t d = config_.width, side = config_.image_size / config_.patch_size;
    if (rows == side && columns == side) return positions_;
    Tensor grid = ops::reshape(ops::narrow(positions_, 1, 1, side * side), {1, side, side, d}).to(DType::f32);
    grid = ops::upsample_bicubic(ops::contiguous(ops::permute(grid, {0, 3, 1, 2})), rows, columns);
    grid = ops::reshape(ops::permute(grid, {0, 2, 3, 1}), {1, rows * columns, d}).to(dtype_);
    return ops::cat({ops::narrow(positions_, 1, 0, 1), grid}, 1);
}

Tensor Dinov2::attend(const Layer& layer, const Tensor& x) const {
    const int64_t n = x.size(0), tokens = x.size(1), d = config_.width;
    const auto heads = [&](const Linear& project) {
        return ops::transpose(ops::reshape(project(x), {n, tokens, config_.heads, d / config_.heads}), 1, 2);
    };
    const Tensor out = ops::attention(heads(layer.q), heads(layer.k), heads(layer.v), Tensor(), false, std::nullopt);
    return layer.out(ops::reshape(ops::transpose(out, 1, 2), {n, tokens, d}));
}

Tensor Dinov2::operator()(const Tensor& pixels) const {
    require_shape("pixels", pixels, {-1, 3, -1, -1});
    require_divides("patch_size", config_.patch_size, "height", pixels.size(2));
    require_divides("patch_size", config_.patch_size, "width", pixels.size(3));
    const int64_t n = pixels.size(0), d = config_.width;
    Tensor x = patches_(pixels.to(device_, dtype_));
    const int64_t rows = x.size(2), columns = x.size(3);
    x = ops::transpose(ops::reshape(x, {n, d, rows * columns}), 1, 2);
    x = ops::add(ops::cat({ops::expand(class_token_, {n, 1, d}), x}, 1), positions(rows, columns));
    for (const Layer& layer : layers_) {
        const Tensor normed = ops::layer_norm(x, layer.norm1.weight, layer.norm1.bias, config_.eps);
        x = ops::add(x, ops::multiply(attend(layer, normed), layer.scale1));
        const Tensor mlp = layer.fc1(ops::layer_norm(x, layer.norm2.weight, layer.norm2.bias, config_.eps));
        x = ops::add(x, ops::multiply(layer.fc2(ops::gelu_erf(mlp)), layer.scale2));
    }
    x = ops::reshape(ops::narrow(x, 1, 0, 1), {n, d});
    return ops::layer_norm(x, final_.weight, final_.bias, config_.eps).to(DType::f32);
}

Tensor dinov2_pixels(const Tensor& images, int64_t edge) {
    require_shape("images", images, {-1, 3, -1, -1});
    require(images.size(2) > 0 && images.size(3) > 0, "images have size ", images.size(2), " x ", images.size(3),
            ", expected at least 1 x 1");
    require_positive("edge", edge);
    const Tensor mean = Tensor::of(kMean, {1, 3, 1, 1}, images.device());
    const Tensor deviation = Tensor::of(kDeviation, {1, 3, 1, 1}, images.device());
    const Tensor resized = ops::upsample_bicubic_antialias(eight_bit(images), edge, edge);
    return ops::divide(ops::subtract(ops::clamp(resized, 0.0F, 1.0F), mean), deviation);
}

}  // namespace irs
