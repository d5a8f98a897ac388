// How a CLIP's cosine between an image and its prompt changes with the latents: verifier gradient guidance.
#pragma once

#include "models/clip.h"
#include "models/clip_preprocessing.h"
#include "models/guided.h"
#include "models/vae.h"

namespace irs {

class Reward {
public:
    // Borrows both models.
    Reward(const Vae& vae, const Clip& clip, const ClipPreprocessing& preprocessing);

    struct Result {
        Tensor gradient;            // of every row's score, f32
        std::vector<float> scores;  // one a row
        Tensor velocity;            // of the full form only
    };
    // x0 (N, T, 4 C) packed, text (N, projection) of unit length, latents of height x width.
    Result of_x0(const Tensor& x0, int64_t height, int64_t width, const Tensor& text) const;
    // The same by x at time sigma[i], through x0 = x - sigma v.
    Result of_x(const Flux& flux, const Tensor& x, const Rows& rows, const std::vector<float>& sigma, int64_t height,
                int64_t width, const Tensor& text) const;

private:
    void require_inputs(const char* name, const Tensor& x, int64_t height, int64_t width, const Tensor& text) const;
    Tensor score(const Tensor& x0, int64_t height, int64_t width, const Tensor& text) const;  // (N, 1)

    const Vae& vae_;
    const Clip& clip_;
    const ClipPreprocessing preprocessing_;
};

}  // namespace irs
