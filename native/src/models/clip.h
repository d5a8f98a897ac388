// CLIP: text tower, and image tower with projections where the configuration has them.
// Reference: transformers modeling_clip.py.
#pragma once

#include "irscale.h"
#include "lora.h"
#include "weights.h"

namespace irs {

struct ClipTowerConfig {
    int64_t width, layers, heads, mlp;
    int32_t activation;  // IRS_ACT_*
    double eps;
};

// The pre-norm transformer that all towers share, CLIP's and SigLIP's.
class ClipTower {
public:
    ClipTower() = default;
    ClipTower(Loader& load, const std::string& prefix, const ClipTowerConfig& config);
    // Every linear layer, named without the prefix, for LoRA.
    std::vector<Linear*> layers();
    // The norms, named after `prefix`.
    std::vector<Vector> norms(const std::string& prefix);
    Tensor operator()(Tensor x, bool causal) const;  // (N, tokens, width)
    // By the activation of its configuration.
    Tensor activate(const Tensor& x) const;

private:
    struct Layer {
        Norm norm1, norm2;
        Linear q, k, v, out, fc1, fc2;
    };
    Tensor attend(const Layer& layer, const Tensor& x, bool causal) const;

    ClipTowerConfig config_{};
    std::vector<Layer> layers_;
    Tensor quick_gelu_factor_;
};

class Clip {
public:
    Clip(const irs_clip_config& config, Weights& weights);

    struct Text {
        Tensor hidden;  // (n, tokens, width)
        Tensor pooled;  // (n, width)
    };
    Text encode_text(int64_t n, int64_t tokens, const int64_t* ids) const;
    Tensor embed_text(int64_t n, int64_t tokens, const int64_t* ids) const;  // (n, projection), unit length
    Tensor embed_image(const Tensor& pixels) const;                         // (N, projection), unit length
    double logit_scale() const;  // throws, as logits does, where the weights have none
    // a (N, projection) and b (M, projection) of unit length to exp(logit_scale) times their cosines, (N, M).
    Tensor logits(const Tensor& a, const Tensor& b) const;
    const irs_clip_config& config() const { return config_; }
    // For LoRA, of both towers: "encoder." of the text tower's, "vision_model." of the image tower's.
    Adaptable adaptable();

    void require_projection() const;

private:
    const Tensor& require_logit_scale() const;
    void load_text(Loader& load, bool projected);
    void load_image(Loader& load);

    irs_clip_config config_;
    Device device_;
    DType dtype_;
    ClipTower text_, image_;
    Tensor token_embedding_, text_positions_, text_projection_;
    Tensor class_embedding_, image_positions_, image_projection_, logit_scale_;
    Conv patches_;
    Norm text_final_, image_pre_, image_post_;
    std::map<std::string, Tensor> replaced_;
};


// x over its length in the last dimension.
Tensor unit_length(const Tensor& x);

}  // namespace irs
