#include "models/vae.h"

#include "error.h"
#include "models/checks.h"
#include "torch/ops.h"

namespace irs {

namespace {

constexpr double kEps = 1e-6;

void check(const irs_vae_config& c) {
    require(c.levels >= 1 && c.levels <= 8, "block_out_channels has ", c.levels, " entries, expected 1 to 8");
    require_positive("latent_channels", c.latent_channels);
    require_positive("in_channels", c.in_channels);
    require_positive("out_channels", c.out_channels);
    require_count("layers_per_block", c.layers_per_block);
    for (int32_t i = 0; i < c.levels; i++) {
        require_divides("norm_num_groups", c.groups, "block_out_channels", c.channels[i]);
    }
    require(c.scaling_factor != 0.0, "scaling_factor is 0");
}

ResnetBlock load_resnet(Loader& load, const std::string& name, int64_t in, int64_t out, int64_t groups) {
    return {load.norm(name + "norm1", in),
            load.norm(name + "norm2", out),
            load.conv(name + "conv1", out, in, 3, 1, 1),
            load.conv(name + "conv2", out, out, 3, 1, 1),
            in == out ? Conv{} : load.conv(name + "conv_shortcut", out, in, 1, 1, 0),
            groups};
}

MidBlock load_mid(Loader& load, const std::string& name, int64_t width, int64_t groups, bool attention) {
    MidBlock mid{load_resnet(load, name + "resnets.0.", width, width, groups),
                 load_resnet(load, name + "resnets.1.", width, width, groups), std::nullopt};
    if (attention) {
        const std::string at = name + "attentions.0.";
        mid.attention = AttentionBlock{load.norm(at + "group_norm", width),      load.linear(at + "to_q", width, width),
                                       load.linear(at + "to_k", width, width),   load.linear(at + "to_v", width, width),
                                       load.linear(at + "to_out.0", width, width), groups};
    }
    return mid;
}

}  // namespace

Tensor ResnetBlock::operator()(const Tensor& x) const {
    Tensor h = conv1(ops::silu(ops::group_norm(x, groups, norm1.weight, norm1.bias, kEps)));
    h = conv2(ops::silu(ops::group_norm(h, groups, norm2.weight, norm2.bias, kEps)));
    return ops::add(shortcut.weight ? shortcut(x) : x, h);
}

Tensor AttentionBlock::operator()(const Tensor& x) const {
    const int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
    const Tensor flat = ops::group_norm(ops::reshape(x, {n, c, h * w}), groups, norm.weight, norm.bias, kEps);
    const Tensor tokens = ops::transpose(flat, 1, 2);  // (N, h w, c)
    const auto head = [&](const Linear& project) { return ops::reshape(project(tokens), {n, 1, h * w, c}); };
    const Tensor mixed = ops::attention(head(q), head(k), head(v), Tensor(), false, std::nullopt);
    const Tensor projected = out(ops::reshape(mixed, {n, h * w, c}));
    return ops::add(x, ops::reshape(ops::transpose(projected, 1, 2), {n, c, h, w}));
}

Tensor MidBlock::operator()(const Tensor& x) const {
    Tensor h = first(x);
    if (attention) h = (*attention)(h);
    return second(h);
}

Vae::Vae(const irs_vae_config& config, Weights& weights)
    : config_(config), device_(weights.device), dtype_(weights.dtype) {
    check(config);
    Loader load(weights);
    encoder_ = load_encoder(load);
    decoder_ = load_decoder(load);
    load.finish("VAE");
    scaling_ = Tensor::scalar(static_cast<float>(config.scaling_factor));
    shift_ = Tensor::scalar(static_cast<float>(config.shift_factor));
}

Vae::Half Vae::load_encoder(Loader& load) const {
    Half half;
    const int64_t moments = 2 * int64_t{config_.latent_channels};
    int64_t width = config_.channels[0];
    half.conv_in = load.conv("encoder.conv_in", width, config_.in_channels, 3, 1, 1);
    for (int32_t i = 0; i < config_.levels; i++) {
        const std::string name = join("encoder.down_blocks.", i, ".");
        Level level;
        for (int32_t j = 0; j < config_.layers_per_block; j++) {
            level.resnets.push_back(
                load_resnet(load, join(name, "resnets.", j, "."), width, config_.channels[i], config_.groups));
            width = config_.channels[i];
        }
        if (i + 1 < config_.levels) level.resample = load.conv(name + "downsamplers.0.conv", width, width, 3, 2, 0);
        half.levels.push_back(level);
    }
    half.mid = load_mid(load, "encoder.mid_block.", width, config_.groups, config_.mid_attention != 0);
    half.norm_out = load.norm("encoder.conv_norm_out", width);
    half.conv_out = load.conv("encoder.conv_out", moments, width, 3, 1, 1);
    if (config_.quant_conv != 0) half.quant = load.conv("quant_conv", moments, moments, 1, 1, 0);
    return half;
}

Vae::Half Vae::load_decoder(Loader& load) const {
    Half half;
    int64_t width = config_.channels[config_.levels - 1];
    half.conv_in = load.conv("decoder.conv_in", width, config_.latent_channels, 3, 1, 1);
    half.mid = load_mid(load, "decoder.mid_block.", width, config_.groups, config_.mid_attention != 0);
    for (int32_t i = 0; i < config_.levels; i++) {
        const std::string name = join("decoder.up_blocks.", i, ".");
        const int64_t out = config_.channels[config_.levels - 1 - i];
        Level level;
        for (int32_t j = 0; j <= config_.layers_per_block; j++) {
            level.resnets.push_back(load_resnet(load, join(name, "resnets.", j, "."), width, out, config_.groups));
            width = out;
        }
        if (i + 1 < config_.levels) level.resample = load.conv(name + "upsamplers.0.conv", width, width, 3, 1, 1);
        half.levels.push_back(level);
    }
    half.norm_out = load.norm("decoder.conv_norm_out", width);
    half.conv_out = load.conv("decoder.conv_out", config_.out_channels, width, 3, 1, 1);
    if (config_.post_quant_conv != 0) {
        half.quant = load.conv("post_quant_conv", config_.latent_channels, config_.latent_channels, 1, 1, 0);
    }
    return half;
}

Tensor Vae::finish(const Half& half, const Tensor& x) const {
    return half.conv_out(
        ops::silu(ops::group_norm(x, config_.groups, half.norm_out.weight, half.norm_out.bias, kEps)));
}

Tensor Vae::decode(const Tensor& latents) const {
    require_shape("latents", latents, {-1, config_.latent_channels, -1, -1});
    Tensor x = ops::add(ops::divide(latents.to(device_, dtype_), scaling_), shift_);
    if (decoder_.quant.weight) x = decoder_.quant(x);
    x = decoder_.mid(decoder_.conv_in(x));
    for (const Level& level : decoder_.levels) {
        for (const ResnetBlock& resnet : level.resnets) x = resnet(x);
        if (level.resample.weight) x = level.resample(ops::upsample_nearest(x, 2 * x.size(2), 2 * x.size(3)));
    }
    return ops::contiguous(finish(decoder_, x));
}

Vae::Encoded Vae::encode(const Tensor& images) const {
    require_shape("images", images, {-1, config_.in_channels, -1, -1});
    const int64_t h = images.size(2), w = images.size(3);
    require(h > 0 && w > 0 && h % factor() == 0 && w % factor() == 0, "images have size ", h, " x ", w,
            ", expected multiples of ", factor());
    Tensor x = encoder_.conv_in(images.to(device_, dtype_));
    for (const Level& level : encoder_.levels) {
        for (const ResnetBlock& resnet : level.resnets) x = resnet(x);
        // The reference pads one line at the right and the bottom only (downsampling.py).
        if (level.resample.weight) x = level.resample(ops::pad_right_bottom(x));
    }
    x = finish(encoder_, encoder_.mid(x));
    if (encoder_.quant.weight) x = encoder_.quant(x);
    const int64_t c = config_.latent_channels;
    const Tensor mean = ops::contiguous(ops::narrow(x, 1, 0, c));
    const Tensor logvar = ops::clamp(ops::narrow(x, 1, c, c), -30.0F, 20.0F);
    return {mean, ops::contiguous(logvar), scaled(mean)};
}

Tensor Vae::scaled(const Tensor& z) const { return ops::multiply(ops::subtract(z, shift_), scaling_); }

Tensor image_finish(const Tensor& decoded) {
    const Tensor half = Tensor::scalar(0.5F);
    return ops::clamp(ops::add(ops::multiply(decoded, half), half), 0.0F, 1.0F);
}

}  // namespace irs
