// What training makes small. Each loss gives one number a row, (N) in f32, for backward().
#pragma once

#include "models/clip.h"

namespace irs {

// Rectified flow (arXiv 2209.03003; arXiv 2403.03206, eq. 13): mean over a row of (v - (noise - x0))^2.
// velocity, x0, noise: (N, ...) of one shape.
Tensor flow_loss(const Tensor& velocity, const Tensor& x0, const Tensor& noise);

struct ReconstructionWeights {
    float square, absolute, edges;
};
// Mean over a row of weight (square d^2 + absolute |d| + edges (|dx d| + |dy d|)) for d = decoded - images, dx and dy the
// differences of neighbours. decoded, images: (N, C, H, W); weight: (N, 1, H, W) or empty, not applied to edges.
Tensor reconstruction_loss(const Tensor& decoded, const Tensor& images, const Tensor& weight,
                           const ReconstructionWeights& terms);

// KL divergence of N(mean, exp(logvar)) from N(0, 1), mean over a row's elements (arXiv 1312.6114, appendix B).
Tensor kl_loss(const Tensor& mean, const Tensor& logvar);

// A draw from N(mean, exp(logvar)) by noise of the same shape.
Tensor sample(const Tensor& mean, const Tensor& logvar, const Tensor& noise);

// -sum over classes of target log softmax(logits), a row. logits, target: (N, classes).
Tensor cross_entropy_loss(const Tensor& logits, const Tensor& target);

// 1 - cosine of unit-length rows. a, b: (N, d).
Tensor cosine_loss(const Tensor& a, const Tensor& b);

}  // namespace irs
