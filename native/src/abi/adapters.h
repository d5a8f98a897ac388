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

// The weight that one of `layers` computes with now.
inline const Tensor& weight_of(const std::vector<Linear*>& layers, const char* module) {
    const std::string wanted = &checked(module, "module");
    for (const Linear* layer : layers) {
        if (layer->name == wanted) return layer->weight;
    }
    throw Error(IRS_INVALID_ARGUMENT, join("the model has no layer ", wanted));
}

}  // namespace irs
