// The layers of a FLUX block and what runs between them: kernels where they serve the tensors, ATen's operators elsewhere
// and wherever a graph is recorded. All x are (N, tokens, width).
#pragma once

#include "models/flux.h"
#include "models/modulations.h"

namespace irs {

class Layers {
public:
    // Rows [begin, begin + count) with the same run-time LoRAs.
    struct Group {
        int64_t begin, count;
        const Adapters* adapters;
    };

    Layers(const Flux& flux, const Modulations& modulations, std::vector<Group> groups);

    // Whether gated() writes into its tensor; otherwise it puts another in its place.
    bool in_place() const { return kernels_; }

    // layer_norm(x) * column `scale` + column `shift`
    Tensor normed(const Tensor& x, size_t shift, size_t scale) const;

    Tensor linear(const Linear& layer, const Tensor& x) const;

    // gelu_tanh(layer(x))
    Tensor gelu(const Linear& layer, const Tensor& x) const;

    // layer([a, b]), where it can be without putting them side by side.
    Tensor linear(const Linear& layer, const Tensor& a, const Tensor& b) const;

    // x += column `gate` * y
    void gated(Tensor& x, size_t gate, const Tensor& y) const;

    // gated(), then normed() of the new x.
    Tensor gated_normed(Tensor& x, size_t gate, const Tensor& y, size_t shift, size_t scale) const;

    // The queries or keys of all heads: rms_norm(layer(x)) * weight for the tokens of each part, side by side and turned
    // by `rope`. (N, tokens of all parts, d)
    struct Part {
        const Tensor* x;
        const Linear* layer;
        const Tensor* norm;
    };
    Tensor turned(const std::vector<Part>& parts, const Tensor& rope) const;

    // Attention of every token to every other, in heads: q, k, v (N, tokens, d) to (N, tokens, d).
    Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v) const;

    // As turned(), without norm and rope: for values.
    Tensor joint(const std::vector<Part>& parts) const;

private:
    // Whether the layer's matrix multiplication can write where its result belongs: on CUDA, without anything beside it.
    bool writes_product(const Linear& layer) const;
    Tensor heads(const Tensor& x) const;

    const Flux& flux_;
    const Modulations& modulations_;
    const std::vector<Group> groups_;
    const bool adapted_;  // some rows have run-time LoRAs
    const bool kernels_;
};

}  // namespace irs
