// LoRAs and scales as they come over the C boundary.
#pragma once

#include "abi/checked.h"

namespace irs {

inline Adapters adapters_of(int32_t n, const irs_lora* const* loras, const float* scales) {
    require(n >= 0, "the list of LoRAs has ", n, " entries");
    require(n == 0 || (loras != nullptr && scales != nullptr), "loras or scales is NULL");
    Adapters out;
    for (int32_t i = 0; i < n; i++) out.push_back({value(loras[i], "lora"), scales[i]});
    return out;
}

// The parameter of that name that the model computes with now: a linear layer's weight or bias, a norm's part.
inline const Tensor& parameter_of(const Adaptable& model, const char* name) {
    const std::string wanted = &checked(name, "name");
    for (const Linear* layer : model.layers) {
        if (wanted == layer->name + ".weight") return layer->weight;
    }
    const Tensor* vector = find_vector(model, wanted);
    require(vector != nullptr, "the model has no parameter ", wanted, " that LoRAs can change");
    return *vector;
}

}  // namespace irs
