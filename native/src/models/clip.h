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

// The pre-norm transformer that both towers share.
class ClipTower {
public:
    ClipTower() = default;
    ClipTower(Loader& load, const std::string& prefix, const ClipTowerConfig& config);
    // Every linear layer, named without the prefix, for LoRA.
    std::vector<Linear*> layers();
    // The norms, named after `prefix`.
    std::vector<Vector> norms(const std::string& prefix);
    Tensor operator()(Tensor x, bool causal) const;  // (N, tokens, width)

private:
    struct Layer {
        Norm norm1, norm2;
        Linear q, k, v, out, fc1, fc2;
    };
    Tensor attend(const Layer& layer, const Tensor& x, bool causal) const;
    Tensor activate(const Tensor& x) const;

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
    double logit_scale() const;
    // a (N, projection) and b (M, projection) of unit length to exp(logit_scale) times their cosines, (N, M).
    Tensor logits(const Tensor& a, const Tensor& b) const;
    const irs_clip_config& config() const { return config_; }
    // For LoRA, of both towers: "encoder." of the text tower's, "vision_model." of the image tower's.
    Adaptable adaptable();

    void require_projection() const;

private:
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

// From images to CLIP's input.
class ClipPreprocessing {
public:
    // 3 means, 3 deviations. half_even: whether half an odd margin goes to the even neighbour, else down.
    ClipPreprocessing(int64_t resize, int64_t crop, bool half_even, const double* mean, const double* std);
    // (N, 3, H, W) in [0, 1] to (N, 3, crop, crop) in f32.
    Tensor operator()(const Tensor& images) const;
    // The same of the 8 bits that a file will hold.
    Tensor of_file(const Tensor& images) const;
    int64_t crop() const { return crop_; }

private:
    // Of the resized images: height, width.
    std::pair<int64_t, int64_t> resized(const Tensor& images) const;
    int64_t margin(int64_t size) const;

    int64_t resize_, crop_;
    bool half_even_;
    std::vector<float> mean_, std_;
};

// Images in [0, 1] as their 8-bit file will hold them, f32.
Tensor eight_bit(const Tensor& images);

}  // namespace irs
