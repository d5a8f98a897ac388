// One forward of the FLUX transformer over a batch of rows, whole or block by block.
#pragma once

#include "models/flux.h"

namespace irs {

// What the rows take from their plans, gathered once per forward. A part is (1, ...) when all rows share it.
struct Conditioning {
    Tensor txt;          // (N, L, d)
    Tensor modulations;  // (1 or N, columns)
    Tensor rope;
};

// Throws unless the rows' plans are this transformer's, of one size, and fit img (N, T, in_channels).
void require_batch(const Flux& flux, const Tensor& img, const std::vector<Row>& rows);

Conditioning conditioning_of(const std::vector<Row>& rows);

class Forward {
public:
    // Borrows the transformer and the rows' plans.
    Forward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning);

    // Latents (N, T, in_channels) to velocity (N, T, out_channels).
    Tensor operator()(const Tensor& latents, Trace* trace) const;

    // Its steps: latents to img (N, T, d), blocks over img and txt (N, L, d), then over x (N, L + T, d) = txt and img.
    Tensor embed(const Tensor& latents) const;
    void double_block(size_t i, Tensor& img, Tensor& txt) const;
    void single_block(size_t i, Tensor& x) const;
    Tensor finish(const Tensor& x) const;

private:
    // Rows [begin, begin + count) with the same run-time LoRAs.
    struct Group {
        int64_t begin, count;
        const Adapters* adapters;
    };
    struct Modulation {
        Tensor shift, scale, gate;  // (1 or N, 1, d); scale has its 1 added
    };
    struct Projected {
        Tensor q, k, v;
    };

    static std::vector<Group> group(const std::vector<Row>& rows);
    Tensor column(size_t index) const;
    Modulation modulation(size_t first) const;
    Tensor apply(const Linear& layer, const Tensor& x) const;
    Tensor heads(const Tensor& x) const;
    Tensor rotate(const Tensor& x) const;
    Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v) const;
    template <typename Block>
    Projected project(const Block& block, const Tensor& x) const;
    Tensor mlp(const Stream& stream, const Tensor& x, const Modulation& m) const;

    const Flux& flux_;
    const Conditioning cond_;
    const std::vector<Group> groups_;
    const int64_t n_;
};

}  // namespace irs
