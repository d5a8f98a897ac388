// SigLIP and SigLIP 2: two towers, each as CLIP's, with a pooling of their own and a sigmoid over the cosine.
// Reference: transformers modeling_siglip.py, modeling_siglip2.py.
#pragma once

#include "models/clip.h"

namespace irs {

class Siglip {
public:
    Siglip(const irs_siglip_config& config, Weights& weights);

    Tensor embed_text(int64_t n, int64_t tokens, const int64_t* ids) const;  // (n, projection), unit length
    Tensor embed_image(const Tensor& pixels) const;                         // (N, projection), unit length
    // Of unit-length embeddings (N, projection) and (M, projection): (N, M) in f32.
    Tensor probabilities(const Tensor& images, const Tensor& texts) const;

private:
    // A learned query asks all patches, then an MLP with a residual (SiglipMultiheadAttentionPoolingHead).
    struct Pooling {
        Tensor probe;                      // (1, 1, width)
        Tensor in_weight, in_bias;         // queries, keys, values: (3 width, width), (3 width)
        Linear out, fc1, fc2;
        Norm norm;
    };
    bool is_naflex() const { return config_.image_size == 0; }
    void load_text(Loader& load);
    void load_image(Loader& load);
    Tensor positions(int64_t rows, int64_t columns) const;  // (rows * columns, width)
    Tensor pool(const Tensor& patches) const;               // (N, patches, width) to (N, width)

    irs_siglip_config config_;
    Device device_;
    DType dtype_;
    ClipTower text_, image_;
    Tensor token_embedding_, text_positions_, image_positions_, logit_scale_, logit_bias_;
    Conv patches_;
    Norm text_final_, image_post_;
    Linear text_head_;
    Pooling pooling_;
};

// Images in [0, 1], as their 8-bit file holds them, to NaFlex's input of height x width; 3 means, 3 deviations.
Tensor naflex_pixels(const Tensor& images, int64_t height, int64_t width, const double* mean, const double* std);

}  // namespace irs
