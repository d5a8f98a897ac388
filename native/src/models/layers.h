// The layers of a FLUX block and what runs between them: kernels where they serve the tensors, ATen's operators elsewhere
// and wherever a graph is recorded.
#pragma once

#include "amx_linear.h"
#include "models/flux.h"
#include "models/modulations.h"

namespace irs {

// What linear layers read: (N, tokens, width), as a tensor or in the order of the processor's matrix tiles.
struct Hidden {
    int64_t n, tokens;
    Tensor plain;                      // empty where only tiles are read
    std::shared_ptr<amx::Rows> tiles;  // null where only tensors are
};

class Layers {
public:
    // Rows [begin, begin + count) with the same run-time LoRAs.
    struct Group {
        int64_t begin, count;
        const Adapters* adapters;
    };

    Layers(const Flux& flux, const Modulations& modulations, std::vector<Group> groups);

    // Whether gated() writes into its tensor; otherwise it puts another in its place.
    bool in_place() const { return path_ != Path::operators; }

    // layer_norm(x) * column `scale` + column `shift`
    Hidden normed(const Tensor& x, size_t shift, size_t scale) const;

    Tensor linear(const Linear& layer, const Hidden& x) const;

    // gelu_tanh(layer(x)). `room` columns before it are left for beside().
    Hidden gelu(const Linear& layer, const Hidden& x, int64_t room) const;

    // x (N, tokens, room) in the room before `hidden`.
    Hidden beside(const Tensor& x, Hidden hidden) const;

    // x += column `gate` * layer(update)
    void gated(Tensor& x, size_t gate, const Linear& layer, const Hidden& update) const;

    // gated(), then normed() of the new x.
    Hidden gated_normed(Tensor& x, size_t gate, const Linear& layer, const Hidden& update, size_t shift,
                        size_t scale) const;

    // A part of the tokens as linear layers read it.
    Hidden hidden(const Tensor& x) const;

    // The queries or keys of all heads: rms_norm(layer(x)) * weight for the tokens of each part, side by side and turned
    // by `rope`. (N, tokens of all parts, d)
    struct Part {
        const Hidden* x;
        const Linear* layer;
        const Tensor* norm;
    };
    Tensor turned(const std::vector<Part>& parts, const Tensor& rope) const;

    // Attention of every token to every other, in heads: q, k, v (N, tokens, d) to (N, tokens, d).
    Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v) const;

    // As turned(), without norm and rope: for values.
    Tensor joint(const std::vector<Part>& parts) const;

private:
    enum class Path { operators, kernels, tiles };

    Path choose() const;
    Hidden tiled(int64_t n, int64_t tokens, int64_t width) const;
    Tensor apply(const Linear& layer, const Tensor& x) const;
    Tensor with_branches(const Tensor& y, const Linear& layer, const Tensor& x) const;
    Tensor heads(const Tensor& x) const;

    const Flux& flux_;
    const Modulations& modulations_;
    const std::vector<Group> groups_;
    const bool adapted_;  // some rows have run-time LoRAs, whose branches read tensors
    const Path path_;
};

}  // namespace irs
