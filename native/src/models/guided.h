// Classifier-free guidance around the transformer: both halves in one batch.
#pragma once

#include "models/flux.h"

namespace irs {

// The rows of a batch with their guidance.
struct Rows {
    std::vector<Row> rows;
    std::vector<const Plan*> negatives;  // null: that row stays as it is
    std::vector<float> true_cfg;
};

// (pipeline_flux.py: noise_pred = neg + true_cfg_scale * (pos - neg))
Tensor guided_velocity(const Flux& flux, const Tensor& img, const Rows& rows);

}  // namespace irs
