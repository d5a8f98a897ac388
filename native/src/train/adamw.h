// AdamW (arXiv 1711.05101) over trainable weights, in f32 whatever the weights' dtype.
#pragma once

#include "irscale.h"
#include "weights.h"

namespace irs {

class AdamW {
public:
    // Shares the leaves with `trainable`, which must be of make_trainable().
    AdamW(const Weights& trainable, bool average);

    // Adds `share` times the gradients that backward() has left in the leaves, and clears those.
    void gather(float share);
    // One update by the gathered gradients, whose norm before clipping it returns; clears them.
    double step(const irs_adamw_settings& settings);

    // One of a weight's IRS_ADAMW_* tensors, f32, as the optimizer uses it.
    const Tensor& state(const std::string& name, int32_t kind) const;
    // Replaces it, and the leaf with it where it is the weight.
    void restore(const std::string& name, int32_t kind, const Tensor& value);
    int64_t steps() const { return steps_; }
    void set_steps(int64_t steps);

private:
    struct Parameter {
        Tensor leaf;      // in the weights' dtype
        Tensor weight;    // f32; the leaf itself where that is f32
        Tensor mean;      // of gradients
        Tensor square;    // of gradients
        Tensor average;   // of weights, or empty
        Tensor gradient;  // gathered since the last step, f32, or empty
        bool decays;      // matrices and kernels; not norms, biases and scalars
    };
    void update(const irs_adamw_settings& settings, bool decays, const Tensor& clip);
    Parameter& parameter(const std::string& name);

    std::map<std::string, Parameter> parameters_;
    int64_t steps_ = 0;
    Tensor step_;  // steps_ as f32, 0-dim
};

}  // namespace irs
