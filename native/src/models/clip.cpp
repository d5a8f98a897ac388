#include "models/clip.h"

#include <algorithm>
#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "torch/ops.h"

namespace irs {

namespace {

void check(const irs_clip_config& c) {
    require_positive("text_width", c.text_width);
    require_count("text_layers", c.text_layers);
    require_divides("text_heads", c.text_heads, "text_width", c.text_width);
    require_positive("text_mlp", c.text_mlp);
    require_positive("text_positions", c.text_positions);
    require_positive("vocabulary", c.vocabulary);
    require(c.projection >= 0, "projection is ", c.projection, ", expected 0 or more");
    if (c.projection == 0) return;
    require_count("image_layers", c.image_layers);
    require_divides("image_heads", c.image_heads, "image_width", c.image_width);
    require_positive("image_mlp", c.image_mlp);
    require_divides("patch_size", c.patch_size, "image_size", c.image_size);
    require_positive("image_channels", c.image_channels);
}

// The row's end token: the largest id where the configuration says 2 (legacy files), else the first eos_token_id.
int64_t end_position(const int64_t* ids, int64_t tokens, int64_t eos) {
    const int64_t* end = ids + tokens;
    const int64_t* at = eos == 2 ? std::max_element(ids, end) : std::find(ids, end, eos);
    return at == end ? 0 : at - ids;
}

}  // namespace

Clip::Clip(const irs_clip_config& config, Weights& weights)
    : config_(config), device_(weights.device), dtype_(weights.dtype) {
    check(config);
    Loader load(weights);
    const bool projected = config.projection > 0;
    load_text(load, projected);
    if (projected) load_image(load);
    load.finish("CLIP");
}

void Clip::load_text(Loader& load, bool projected) {
    const int64_t d = config_.text_width;
    // Standalone text encoders are published with and without the prefix; new weights get it.
    const std::string prefix = load.has("embeddings.token_embedding.weight") ? "" : "text_model.";
    token_embedding_ = load.take(prefix + "embeddings.token_embedding.weight", {config_.vocabulary, d});
    text_positions_ = load.take(prefix + "embeddings.position_embedding.weight", {config_.text_positions, d});
    text_ = ClipTower(load, prefix,
                      {d, config_.text_layers, config_.text_heads, config_.text_mlp, config_.text_activation,
                       config_.text_eps});
    text_final_ = load.norm(prefix + "final_layer_norm", d);
    if (projected) text_projection_ = load.take("text_projection.weight", {config_.projection, d});
}

void Clip::load_image(Loader& load) {
    const int64_t d = config_.image_width;
    const int64_t side = config_.image_size / config_.patch_size;
    const std::string prefix = "vision_model.";
    class_embedding_ = load.take(prefix + "embeddings.class_embedding", {d});
    patches_ = {load.take(prefix + "embeddings.patch_embedding.weight",
                          {d, config_.image_channels, config_.patch_size, config_.patch_size}),
                Tensor(), config_.patch_size, 0};
    image_positions_ = load.take(prefix + "embeddings.position_embedding.weight", {side * side + 1, d});
    image_pre_ = load.norm(prefix + "pre_layrnorm", d);  // spelt so in every published file
    image_ = ClipTower(load, prefix,
                       {d, config_.image_layers, config_.image_heads, config_.image_mlp, config_.image_activation,
                        config_.image_eps});
    for (Linear* layer : image_.layers()) layer->name = prefix + layer->name;
    image_post_ = load.norm(prefix + "post_layernorm", d);
    image_projection_ = load.take("visual_projection.weight", {config_.projection, d});
    // A cosine does not need it, so that converters leave it out.
    if (load.has("logit_scale") || load.initializes()) logit_scale_ = load.take("logit_scale", {});
}

Clip::Text Clip::encode_text(int64_t n, int64_t tokens, const int64_t* ids) const {
    require_ids(n, tokens, ids, config_.vocabulary);
    require(tokens <= config_.text_positions, "CLIP takes at most ", config_.text_positions, " tokens, got ", tokens);
    const Tensor rows = Tensor::of(std::vector<int64_t>(ids, ids + n * tokens), {n, tokens}, device_);
    Tensor x = ops::add(ops::embedding(token_embedding_, rows), ops::narrow(text_positions_, 0, 0, tokens));
    x = ops::layer_norm(text_(x, true), text_final_.weight, text_final_.bias, config_.text_eps);
    std::vector<int64_t> ends;
    for (int64_t row = 0; row < n; row++) {
        ends.push_back(row * tokens + end_position(ids + row * tokens, tokens, config_.eos_token_id));
    }
    const Tensor flat = ops::reshape(x, {n * tokens, config_.text_width});
    return {x, ops::index_select(flat, 0, Tensor::of(ends, {n}, device_))};
}

void Clip::require_projection() const {
    require(config_.projection > 0, "this CLIP is a text encoder without projection; a verifier needs a CLIPModel");
}

Tensor Clip::embed_text(int64_t n, int64_t tokens, const int64_t* ids) const {
    require_projection();
    return unit_length(ops::linear(encode_text(n, tokens, ids).pooled, text_projection_, Tensor()));
}

Tensor Clip::embed_image(const Tensor& pixels) const {
    require_projection();
    require_shape("pixels", pixels, {-1, config_.image_channels, config_.image_size, config_.image_size});
    const int64_t n = pixels.size(0), d = config_.image_width;
    Tensor x = patches_(pixels.to(device_, dtype_));  // (N, d, side, side)
    x = ops::transpose(ops::reshape(x, {n, d, x.size(2) * x.size(3)}), 1, 2);
    x = ops::cat({ops::expand(ops::reshape(class_embedding_, {1, 1, d}), {n, 1, d}), x}, 1);
    x = ops::layer_norm(ops::add(x, image_positions_), image_pre_.weight, image_pre_.bias, config_.image_eps);
    x = ops::reshape(ops::narrow(image_(x, false), 1, 0, 1), {n, d});
    x = ops::layer_norm(x, image_post_.weight, image_post_.bias, config_.image_eps);
    return unit_length(ops::linear(x, image_projection_, Tensor()));
}

Adaptable Clip::adaptable() {
    std::vector<Linear*> layers = text_.layers();
    for (Linear* layer : image_.layers()) layers.push_back(layer);
    std::vector<Vector> norms = text_.norms("");
    append(norms, "final_layer_norm", text_final_);
    for (const Vector& norm : image_.norms("vision_model.")) norms.push_back(norm);
    return {std::move(layers), std::move(norms), &replaced_};
}

const Tensor& Clip::require_logit_scale() const {
    require_projection();
    require(static_cast<bool>(logit_scale_),
            "this CLIP has no logit_scale, which logits and training need: add that tensor, log(1 / 0.07) = 2.6593 where it"
            " is not known");
    return logit_scale_;
}

double Clip::logit_scale() const {
    const Tensor log = require_logit_scale().to(Device{}, DType::f32);
    return std::exp(static_cast<double>(*static_cast<const float*>(log.data())));
}

Tensor Clip::logits(const Tensor& a, const Tensor& b) const {
    const Tensor& scale = require_logit_scale();
    require_shape("a", a, {-1, config_.projection});
    require_shape("b", b, {-1, config_.projection});
    const Tensor cosines = ops::matmul(a.to(DType::f32), ops::transpose(b.to(DType::f32), 0, 1));
    return ops::multiply(cosines, ops::exp(scale.to(DType::f32)));
}

Tensor unit_length(const Tensor& x) {
    return ops::divide(x, ops::square_root(ops::sum_last(ops::multiply(x, x))));
}

}  // namespace irs
