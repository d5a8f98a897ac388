// A head of linear layers on CLIP's image embedding that tells how an image pleases.
// Reference: LAION-AI/aesthetic-predictor (one layer), christophschuhmann/improved-aesthetic-predictor simple_inference.py
// (five; its dropouts do nothing at inference, and there is no activation between).
#pragma once

#include "weights.h"

namespace irs {

class Aesthetic {
public:
    // widths: one more than names; the input of every layer and the output of the last.
    Aesthetic(const std::vector<std::string>& names, const std::vector<int64_t>& widths, Weights& weights);
    // Embeddings (N, width) of unit length to (N, 1), both f32.
    Tensor operator()(const Tensor& embeddings) const;

private:
    int64_t width_;
    std::vector<Linear> layers_;
};

}  // namespace irs
