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

// Rows with the negative halves of the guided ones behind them.
struct Halves {
    std::vector<Row> rows;
    std::vector<int64_t> guided;  // to whom the negative halves belong, in their order
};

// Throws where true_cfg is not finite.
Halves halves_of(const Rows& rows);

// img (N, T, in_channels) with the guided rows again behind it.
Tensor with_halves(const Tensor& img, const Halves& halves, Device device);

// Both halves of the velocity to (N, T, out_channels). (pipeline_flux.py: noise_pred = neg + true_cfg_scale * (pos - neg))
Tensor mixed(const Tensor& both, const Halves& halves, const Rows& rows);

Tensor guided_velocity(const Flux& flux, const Tensor& img, const Rows& rows);

}  // namespace irs
