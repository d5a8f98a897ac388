// One forward of the FLUX transformer over a batch of rows, whole or block by block.
#pragma once

#include "models/layers.h"

namespace irs {

// What the rows take from their plans, gathered once per forward.
struct Conditioning {
    Tensor txt;  // (N, L, d)
    Modulations modulations;
    Tensor rope;
};

// Throws unless the rows' plans are this transformer's, of one size, and fit img (N, T, in_channels).
void require_batch(const Flux& flux, const Tensor& img, const std::vector<Row>& rows);

// In the order of the rows.
std::vector<Layers::Group> groups_of(const std::vector<Row>& rows);

Conditioning conditioning_of(const std::vector<Row>& rows);

class Forward {
public:
    // Borrows the transformer and the rows' plans.
    Forward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning);

    // Latents (N, T, in_channels) to velocity (N, T, out_channels).
    Tensor operator()(const Tensor& latents, Trace* trace) const;

    // Its steps: latents to img (N, T, d), blocks over img and txt (N, L, d), then over x (N, L + T, d) = txt and img.
    // Blocks write into their tensors where no graph is recorded.
    Tensor embed(const Tensor& latents) const;
    void double_block(size_t i, Tensor& img, Tensor& txt) const;
    void single_block(size_t i, Tensor& x) const;
    Tensor finish(const Tensor& x) const;

private:
    void after(const Stream& stream, Tensor& x, size_t first, const Tensor& attended) const;

    const Flux& flux_;
    const Conditioning cond_;
    const Layers layers_;
};

}  // namespace irs
