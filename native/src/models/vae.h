// AutoencoderKL. Reference: diffusers autoencoders/vae.py, resnet.py, unet_2d_blocks.py.
#pragma once

#include <optional>

#include "irscale.h"
#include "weights.h"

namespace irs {

// GroupNorm, SiLU, 3x3 convolution, twice, with a shortcut.
struct ResnetBlock {
    Norm norm1, norm2;
    Conv conv1, conv2, shortcut;  // shortcut is empty when the width stays
    int64_t groups;
    Tensor operator()(const Tensor& x) const;
};

// One head over all positions.
struct AttentionBlock {
    Norm norm;
    Linear q, k, v, out;
    int64_t groups;
    Tensor operator()(const Tensor& x) const;
};

struct MidBlock {
    ResnetBlock first, second;
    std::optional<AttentionBlock> attention;
    Tensor operator()(const Tensor& x) const;
};

class Vae {
public:
    Vae(const irs_vae_config& config, Weights& weights);

    Tensor decode(const Tensor& latents) const;
    struct Encoded {
        Tensor mean, logvar, latents;
    };
    Encoded encode(const Tensor& images) const;
    // The encoder's latents as the transformer sees them.
    Tensor scaled(const Tensor& z) const;
    const irs_vae_config& config() const { return config_; }

private:
    struct Level {
        std::vector<ResnetBlock> resnets;
        Conv resample;  // empty at the last level
    };
    struct Half {
        Conv conv_in, conv_out, quant;  // quant is empty without quant convolutions
        std::vector<Level> levels;
        MidBlock mid;
        Norm norm_out;
    };
    Half load_encoder(Loader& load) const;
    Half load_decoder(Loader& load) const;
    Tensor finish(const Half& half, const Tensor& x) const;
    int64_t factor() const { return int64_t{1} << (config_.levels - 1); }

    irs_vae_config config_;
    Device device_;
    DType dtype_;
    Half encoder_, decoder_;
    Tensor scaling_, shift_;
};

// Decoder output to [0, 1].
Tensor image_finish(const Tensor& decoded);

}  // namespace irs
