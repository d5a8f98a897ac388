// A forward in stages, so that rows can leave it on the way: what Forward and its twin in tiles offer.
#pragma once

#include <memory>

#include "models/layers.h"

namespace irs {

// What the rows take from their plans, gathered once per forward.
struct Conditioning {
    std::vector<Tensor> txts;  // one (1, L, d) for all rows, one a row, or one (N, L, d)
    Modulations modulations;
    Tensor rope;

    // All rows', (N, L, d).
    Tensor txt() const;
};

Conditioning conditioning_of(const std::vector<Row>& rows);

// In the order of the rows.
std::vector<Layers::Group> groups_of(const std::vector<Row>& rows);

class Stages {
public:
    virtual ~Stages() = default;

    // Latents (N, T, in_channels), anywhere and in any dtype, to x (N, L + T, d): txt, then img.
    virtual Tensor begin(const Tensor& latents) const = 0;

    // Blocks [first, last) in their order, double ones first. x is changed, or another put in its place.
    virtual void blocks(Tensor& x, size_t first, size_t last, Trace* trace) const = 0;

    // x to velocity (N, T, out_channels).
    virtual Tensor finish(const Tensor& x) const = 0;
};

// The fastest that serves. Borrows the transformer, the rows' plans and the conditioning.
std::unique_ptr<Stages> stages_of(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning);

}  // namespace irs
