// One forward of the FLUX transformer over a batch of rows, by kernels or operators, with or without a graph.
#pragma once

#include "models/stages.h"

namespace irs {

// Throws unless the rows' plans are this transformer's, of one size, and fit img (N, T, in_channels).
void require_batch(const Flux& flux, const Tensor& img, const std::vector<Row>& rows);

class Forward : public Stages {
public:
    // Borrows the transformer, the rows' plans and the conditioning.
    Forward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning);

    Tensor begin(const Tensor& latents) const override;
    void blocks(Tensor& x, size_t first, size_t last, Trace* trace) const override;
    Tensor finish(const Tensor& x) const override;

    // Single steps: latents to img (N, T, d), a block over img and txt (N, L, d), a block over x (N, L + T, d) = txt and
    // img. Blocks write into their tensors where no graph is recorded.
    Tensor embed(const Tensor& latents) const;
    void double_block(size_t i, Tensor& img, Tensor& txt) const;
    void single_block(size_t i, Tensor& x) const;

private:
    void after(const Stream& stream, Tensor& x, size_t first, const Tensor& attended) const;

    const Flux& flux_;
    const Conditioning& cond_;
    const Layers layers_;
};

}  // namespace irs
