// Classifier-free guidance around the transformer: both halves in one batch.
#pragma once

#include "models/flux.h"

namespace irs {

// negatives[i] may be null: that row stays as it is. true_cfg has one entry a row.
// (pipeline_flux.py: noise_pred = neg + true_cfg_scale * (pos - neg))
Tensor guided_velocity(const Flux& flux, const Tensor& img, const std::vector<Row>& rows,
                       const std::vector<const Plan*>& negatives, const std::vector<float>& true_cfg);

}  // namespace irs
