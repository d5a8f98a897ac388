// Trainable weights: leaves that models share, so that a forward's graph ends in them.
#pragma once

#include "lora.h"

namespace irs {

// Gives every tensor of the set a storage of its own in the set's dtype and makes it a leaf. Models made afterwards
// compute with the leaves themselves.
void make_trainable(Weights& weights);

// The LoRA whose factors are trainable leaves named <module>.lora_A.weight and <module>.lora_B.weight, for one forward of
// a model in `dtype`. dropout: the share of A's inputs that is left out, drawn from `seed`.
std::shared_ptr<Lora> lora_of(const Weights& factors, DType dtype, double scale, float dropout, uint64_t seed);

}  // namespace irs
