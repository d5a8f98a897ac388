// The weights that LoRAs make of a model's, one after another, in f32. An additive update adds its matrix; a DoRA scales the
// rows or columns of what it and those before it made (arXiv 2402.09353; peft tuners/lora/dora.py, LyCORIS
// modules/locon.py, ComfyUI weight_adapter/base.py).
#pragma once

#include <functional>

#include "lora.h"

namespace irs {

class ChangedWeights {
public:
    // own: the weight of a layer that counts as its own.
    ChangedWeights(const std::vector<Linear*>& layers, const Adapters& adapters,
                   std::function<Tensor(const Linear&)> own);

    // Of a layer after the first `count` adapters, (out, in) in f32.
    Tensor after(const std::string& layer, size_t count) const;

    // What adapter `index`, which is a DoRA there, multiplies the layer's rows (out) or columns (in) by.
    Tensor gain(const std::string& layer, size_t index) const;

private:
    // `before`, which is after(layer, index), plus the term of adapter `index`; its rows or columns are not scaled yet.
    Tensor unscaled(const std::string& layer, size_t index, const Tensor& before) const;
    Tensor gain(const std::string& layer, size_t index, const Tensor& unscaled_own) const;

    std::map<std::string, const Linear*> layers_;
    const Adapters& adapters_;
    std::function<Tensor(const Linear&)> own_;
};

}  // namespace irs
