// T5 v1.1 encoder (gated GELU, no attention mask). Reference: transformers modeling_t5.py.
#pragma once

#include "irscale.h"
#include "weights.h"

namespace irs {

class T5 {
public:
    T5(const irs_t5_config& config, Weights& weights);

    Tensor encode(int64_t n, int64_t tokens, const int64_t* ids) const;  // (n, tokens, width)

private:
    struct Layer {
        Tensor norm1, norm2;
        Linear q, k, v, o, wi_0, wi_1, wo;
    };
    Tensor attend(const Layer& layer, const Tensor& x, const Tensor& bias) const;
    Tensor position_bias(int64_t tokens) const;  // (1, heads, tokens, tokens)

    irs_t5_config config_;
    Device device_;
    Tensor embedding_, relative_bias_, final_norm_;
    std::vector<Layer> layers_;
};

}  // namespace irs
