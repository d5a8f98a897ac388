// Plans, forwards and steps over the C ABI.
#pragma once

#include <vector>

#include "irs.h"
#include "models.h"

namespace gpu_check {

// The latents of an image.
struct LatentShape {
    int32_t channels, height, width; // height and width even
    int64_t tokens() const { return static_cast<int64_t>(height / 2) * (width / 2); }
    int64_t elements() const { return static_cast<int64_t>(channels) * height * width; }
};

// (L + T, 3): the text's, all 0, then (0, row, column) of every 2 x 2 latents.
std::vector<float> position_ids(int64_t text_tokens, const LatentShape& shape);

// The seeds from 0 on.
std::vector<uint64_t> first_seeds(int32_t n);

// Packed noise (N, T, 4 C), one seed a candidate.
Tensor packed_noise(const std::vector<uint64_t>& seeds, const LatentShape& shape, int32_t device, int32_t dtype);

struct AppliedLora {
    const irs_lora* lora;
    float scale;
};

Plan make_plan(irs_flux* flux, const Tensor& txt, const Tensor& vec, float guidance, const std::vector<float>& timesteps,
               const LatentShape& shape, const std::vector<AppliedLora>& loras = {}, irs_trace* trace = nullptr);

void merge(irs_flux* flux, const std::vector<AppliedLora>& loras);

// One forward of img (N, T, C), row i by plans[i] at `step`; with negatives, guided by true_cfg.
Tensor velocity(const Flux& flux, const Tensor& img, const std::vector<const irs_plan*>& plans, int32_t step,
                const std::vector<const irs_plan*>& negatives = {}, float true_cfg = 0, irs_trace* trace = nullptr);

// img += dsigma velocity, in every row.
void euler(const Tensor& img, const Tensor& velocity, float dsigma);

// Latents (N, C, H, W) to images (N, 3, f H, f W) in [0, 1].
Tensor images_of(const Vae& vae, const Tensor& latents);

}  // namespace gpu_check
