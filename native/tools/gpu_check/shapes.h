// Sizes of the models that are measured with random weights.
#pragma once

#include <string>
#include <vector>

#include "denoise.h"

namespace gpu_check {

struct Shapes {
    irs_flux_config flux;
    irs_vae_config vae;
    irs_clip_config verifier;
    int32_t text_tokens;
    int32_t small, large;            // pixels of an image's edge: 512 and 1024 of FLUX.1
    std::vector<int32_t> matrices;   // edges of the products that the fastest is taken of
    std::vector<int32_t> batches;
    std::vector<int32_t> fp8_batches;

    int32_t factor() const { return 1 << (vae.levels - 1); }
    LatentShape latents(int32_t pixels) const { return {vae.latent_channels, pixels / factor(), pixels / factor()}; }
};

// flux-dev: FLUX.1-dev with its VAE and CLIP ViT-L/14 (the published configurations). tiny: of all parts the least, to try
// this program itself.
Shapes shapes_of(const std::string& name);

// "512 px, batch 8", as rows of results are called.
std::string work_of(int32_t pixels, int32_t batch);

// Floating-point operations of a forward, two for a multiplication with its addition: 24 d^2 a token and block for linear
// layers, 4 L^2 d for attention. Modulation and embeddings, under 1 % of FLUX.1's, are left out.
double forward_operations(const Shapes& shapes, int32_t pixels, int32_t batch);

}  // namespace gpu_check
