// LoRA: low-rank updates of linear layers, merged into the weights or added at run time.
#pragma once

#include <memory>

#include "weights.h"

namespace irs {

// Leaves out a share of a branch's inputs, other ones for every seed. Only in training.
struct Dropout {
    float share = 0.0F;
    uint64_t seed = 0;
};

// weight += scale b a
struct LowRank {
    Tensor a;  // (rank, in), f32
    Tensor b;  // (out, rank), f32
    double scale;
    Linear down, up;  // a and b in the model's dtype, for the run-time branch
    Dropout dropout{};
};

// The updates of one file, by module name.
class Lora {
public:
    Lora(Device device, DType dtype) : device_(device), dtype_(dtype) {}
    void put(const std::string& module, const Tensor& a, const Tensor& b, double scale);
    // The same with a and b themselves, not copies: what reaches them in training is their gradient.
    void share(const std::string& module, const Tensor& a, const Tensor& b, double scale, const Dropout& dropout);
    const LowRank* find(const std::string& module) const;
    const std::map<std::string, LowRank>& updates() const { return updates_; }
    // Whether an optimiser may change the updates behind its back.
    bool trainable() const { return trainable_; }

private:
    void add(const std::string& module, const LowRank& update);

    Device device_;
    DType dtype_;
    std::map<std::string, LowRank> updates_;
    bool trainable_ = false;
};

// A LoRA with the user's scale; 0 leaves it out, negative values subtract it.
struct Applied {
    std::shared_ptr<const Lora> lora;
    float scale;
    bool operator==(const Applied& other) const { return lora == other.lora && scale == other.scale; }
};
using Adapters = std::vector<Applied>;

// Refuses updates that name no layer here or do not fit it.
void require_fit(const std::vector<Linear*>& layers, const Adapters& adapters);

// Sets every layer to its own weight plus the updates that name it, summed in f32 and rounded once; without adapters
// to its own weight, bit for bit. Nothing changes when anything fails.
void merge(const std::vector<Linear*>& layers, const Adapters& adapters);

// layer(x) plus the run-time branch of every adapter that names the layer.
Tensor adapted(const Linear& layer, const Tensor& x, const Adapters& adapters);

// The branch alone; empty when no adapter names the layer.
Tensor branch(const Linear& layer, const Tensor& x, const Adapters& adapters);

}  // namespace irs
