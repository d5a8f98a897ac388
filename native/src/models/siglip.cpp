#include "models/siglip.h"

#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "models/clip_preprocessing.h"
#include "torch/ops.h"

namespace irs {

namespace {

void check(const irs_siglip_config& c) {
    require_positive("text_width", c.text_width);
    require_count("text_layers", c.text_layers);
    require_divides("text_heads", c.text_heads, "text_width", c.text_width);
    require_positive("text_mlp", c.text_mlp);
    require_positive("text_positions", c.text_positions);
    require_positive("vocabulary", c.vocabulary);
    require_count("image_layers", c.image_layers);
    require_divides("image_heads", c.image_heads, "image_width", c.image_width);
    require_positive("image_mlp", c.image_mlp);
    require_positive("patch_size", c.patch_size);
    require_positive("image_channels", c.image_channels);
    require(c.projection == c.image_width, "projection is ", c.projection, ", expected the image tower's width ",
            c.image_width);
    if (c.image_size != 0) {
        require(c.image_size >= c.patch_size, "image_size is ", c.image_size, ", expected at least patch_size ",
                c.patch_size);
    } else {
        const auto edge = static_cast<int64_t>(std::sqrt(c.positions));
        require(c.positions > 0 && edge * edge == c.positions, "positions is ", c.positions,
                ", expected a square number");
    }
}

}  // namespace

Siglip::Siglip(const irs_siglip_config& config, Weights& weights)
    : config_(config), device_(weights.device), dtype_(weights.dtype) {
    check(config);
    Loader load(weights);
    load_text(load);
    load_image(load);
    logit_scale_ = load.take("logit_scale", {1});
    logit_bias_ = load.take("logit_bias", {1});
    load.finish("SigLIP");
    if (!is_naflex()) return;
    const int64_t patch = config_.patch_size;
    const Tensor rows = ops::reshape(patches_.weight, {config_.image_width, patch, patch, config_.image_channels});
    patches_.weight = ops::contiguous(ops::permute(rows, {0, 3, 1, 2}));
}

void Siglip::load_text(Loader& load) {
    const int64_t d = config_.text_width;
    const std::string prefix = "text_model.";
    token_embedding_ = load.take(prefix + "embeddings.token_embedding.weight", {config_.vocabulary, d});
    text_positions_ = load.take(prefix + "embeddings.position_embedding.weight", {config_.text_positions, d});
    text_ = ClipTower(load, prefix,
                      {d, config_.text_layers, config_.text_heads, config_.text_mlp, config_.text_activation,
                       config_.text_eps});
    text_final_ = load.norm(prefix + "final_layer_norm", d);
    text_head_ = load.linear(prefix + "head", config_.projection, d);
}

void Siglip::load_image(Loader& load) {
    const int64_t d = config_.image_width, patch = config_.patch_size, channels = config_.image_channels;
    const std::string prefix = "vision_model.", embedding = prefix + "embeddings.patch_embedding";
    if (is_naflex()) {
        patches_ = {load.take(embedding + ".weight", {d, patch * patch * channels}),
                    load.take(embedding + ".bias", {d}), patch, 0};
    } else {
        patches_ = load.conv(embedding, d, channels, patch, patch, 0);
    }
    const int64_t side = config_.image_size / patch;
    image_positions_ = load.take(prefix + "embeddings.position_embedding.weight",
                                 {is_naflex() ? config_.positions : side * side, d});
    image_ = ClipTower(load, prefix,
                       {d, config_.image_layers, config_.image_heads, config_.image_mlp, config_.image_activation,
                        config_.image_eps});
    image_post_ = load.norm(prefix + "post_layernorm", d);
    const std::string head = prefix + "head.";
    pooling_ = {load.take(head + "probe", {1, 1, d}),
                load.take(head + "attention.in_proj_weight", {3 * d, d}),
                load.take(head + "attention.in_proj_bias", {3 * d}),
                load.linear(head + "attention.out_proj", d, d),
                load.linear(head + "mlp.fc1", config_.image_mlp, d),
                load.linear(head + "mlp.fc2", d, config_.image_mlp),
                load.norm(head + "layernorm", d)};
}

Tensor Siglip::embed_text(int64_t n, int64_t tokens, const int64_t* ids) const {
    require_ids(n, tokens, ids, config_.vocabulary);
    require(tokens <= config_.text_positions, "SigLIP takes at most ", config_.text_positions, " tokens, got ",
            tokens);
    const Tensor rows = Tensor::of(std::vector<int64_t>(ids, ids + n * tokens), {n, tokens}, device_);
    Tensor x = ops::add(ops::embedding(token_embedding_, rows), ops::narrow(text_positions_, 0, 0, tokens));
    // The norm is by token: that of the last one is enough.
    x = ops::reshape(ops::narrow(text_(x, false), 1, tokens - 1, 1), {n, config_.text_width});
    x = ops::layer_norm(x, text_final_.weight, text_final_.bias, config_.text_eps);
    return unit_length(text_head_(x));
}

// Those of the training's grid, resized in f32 as modeling_siglip2.py does (resize_positional_embeddings).
Tensor Siglip::positions(int64_t rows, int64_t columns) const {
    if (!is_naflex()) return image_positions_;
    const int64_t d = config_.image_width;
    const auto edge = static_cast<int64_t>(std::sqrt(config_.positions));
    if (rows == edge && columns == edge) return image_positions_;
    const Tensor grid = ops::permute(ops::reshape(image_positions_, {1, edge, edge, d}).to(DType::f32), {0, 3, 1, 2});
    const Tensor resized = ops::upsample_bilinear_antialias(ops::contiguous(grid), rows, columns);
    return ops::transpose(ops::reshape(resized, {d, rows * columns}), 0, 1).to(dtype_);
}

Tensor Siglip::pool(const Tensor& patches) const {
    const int64_t n = patches.size(0), d = config_.image_width, heads = config_.image_heads;
    const auto project = [&](const Tensor& x, int64_t part) {
        const Tensor y = ops::linear(x, ops::narrow(pooling_.in_weight, 0, part * d, d),
                                     ops::narrow(pooling_.in_bias, 0, part * d, d));
        return ops::transpose(ops::reshape(y, {n, x.size(1), heads, d / heads}), 1, 2);
    };
    const Tensor probe = ops::expand(pooling_.probe, {n, 1, d});
    Tensor x = ops::attention(project(probe, 0), project(patches, 1), project(patches, 2), Tensor(), false,
                              std::nullopt);
    x = pooling_.out(ops::reshape(ops::transpose(x, 1, 2), {n, d}));
    const Tensor normed = ops::layer_norm(x, pooling_.norm.weight, pooling_.norm.bias, config_.image_eps);
    return ops::add(x, pooling_.fc2(image_.activate(pooling_.fc1(normed))));
}

Tensor Siglip::embed_image(const Tensor& pixels) const {
    const int64_t size = is_naflex() ? -1 : config_.image_size;
    require_shape("pixels", pixels, {-1, config_.image_channels, size, size});
    if (is_naflex()) {
        require_divides("patch_size", config_.patch_size, "height", pixels.size(2));
        require_divides("patch_size", config_.patch_size, "width", pixels.size(3));
    }
    const int64_t n = pixels.size(0), d = config_.image_width;
    Tensor x = patches_(pixels.to(device_, dtype_));  // (N, d, rows, columns)
    const Tensor places = positions(x.size(2), x.size(3));
    x = ops::transpose(ops::reshape(x, {n, d, x.size(2) * x.size(3)}), 1, 2);
    x = image_(ops::add(x, places), false);
    return unit_length(pool(ops::layer_norm(x, image_post_.weight, image_post_.bias, config_.image_eps)));
}

Tensor Siglip::probabilities(const Tensor& images, const Tensor& texts) const {
    require_shape("images", images, {-1, config_.projection});
    require_shape("texts", texts, {-1, config_.projection});
    const Tensor cosines = ops::matmul(images.to(DType::f32), ops::transpose(texts.to(DType::f32), 0, 1));
    const Tensor scaled = ops::multiply(cosines, ops::exp(logit_scale_.to(DType::f32)));
    return ops::sigmoid(ops::add(scaled, logit_bias_.to(DType::f32)));
}

Tensor naflex_pixels(const Tensor& images, int64_t height, int64_t width, const double* mean, const double* std) {
    require_shape("images", images, {-1, 3, -1, -1});
    require(images.size(2) > 0 && images.size(3) > 0, "images have size ", images.size(2), " x ", images.size(3),
            ", expected at least 1 x 1");
    require_positive("height", height);
    require_positive("width", width);
    std::vector<float> means, deviations;
    for (int c = 0; c < 3; c++) {
        require(std::isfinite(mean[c]) && std[c] > 0, "image_mean ", mean[c], " and image_std ", std[c],
                " must be finite and the latter above 0");
        means.push_back(static_cast<float>(mean[c]));
        deviations.push_back(static_cast<float>(std[c]));
    }
    const Tensor resized = ops::upsample_bilinear_antialias(ops::contiguous(eight_bit(images)), height, width);
    const Tensor centred = ops::subtract(resized, Tensor::of(means, {1, 3, 1, 1}, images.device()));
    return ops::contiguous(ops::divide(centred, Tensor::of(deviations, {1, 3, 1, 1}, images.device())));
}

}  // namespace irs
