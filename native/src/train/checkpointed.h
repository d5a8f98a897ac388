// Gradient checkpointing (arXiv 1604.06174) of the FLUX transformer.
#pragma once

#include "models/flux.h"

namespace irs {

// flow_loss() (N) of the velocity at img, with the gradient of sum(shares[i] losses[i]) added to every leaf behind it.
// Blocks run without a graph first, and again with one on the way back: one block's activations live at a time. img, x0,
// noise: (N, T, channels). The graph of the rows' plans is gone afterwards.
Tensor checkpointed_flow_loss(const Flux& flux, const Tensor& img, const std::vector<Row>& rows, const Tensor& x0,
                              const Tensor& noise, const std::vector<float>& shares);

}  // namespace irs
