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

    // What attention reads, for the tokens of one part after another: queries and keys of all heads, rms_norm(layer(x)) *
    // norm, turned by `rope`, and values. Each (N, tokens of all parts, d).
    struct Part {
        const Tensor* x;
        const Linear *q, *k, *v;
        const Tensor *norm_q, *norm_k;
    };
    struct Projected {
        Tensor q, k, v;
    };
    Projected projected(const std::vector<Part>& parts, const Tensor& rope) const;

    // Attention of every token to every other, in heads, to (N, tokens, d).
    Tensor attention(const Projected& of) const;

private:
    // The same by one matrix multiplication a part, where queries, keys and values are stacked.
    bool stacked(const std::vector<Part>& parts) const;
    Projected projected_at_once(const std::vector<Part>& parts, const Tensor& rope) const;
    // One layer of the parts; turned() norms and turns its heads.
    using Layer = const Linear* Part::*;
    using NormOf = const Tensor* Part::*;
    Tensor joint(const std::vector<Part>& parts, Layer layer) const;
    Tensor turned(const std::vector<Part>& parts, Layer layer, NormOf norm, const Tensor& rope) const;
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
