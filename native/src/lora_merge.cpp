// What LoRAs make of weights, biases and norms.
#include "lora.h"
#include "lora_weights.h"
#include "switches.h"
#include "torch/kernels.h"
#include "torch/ops.h"

namespace irs {

namespace {

// The one update that names the layer; null where none does or several are summed before they are rounded.
const Applied* only(const Linear& layer, const Adapters& adapters) {
    const Applied* one = nullptr;
    for (const Applied& applied : adapters) {
        if (applied.find(layer.name) == nullptr) continue;
        if (one != nullptr) return nullptr;
        one = &applied;
    }
    return one;
}

bool fits_kernel(const Tensor& base) {
    return base.is_contiguous() && kernels::serve(base.device(), base.dtype()) && !torch::api().grad_mode_is_enabled();
}

// The layer's own weight plus all updates.
Tensor merged(const Linear& layer, const ChangedWeights& weights, const Adapters& adapters) {
    if (!names(adapters, layer.name)) return layer.base;
    const Applied* one = only(layer, adapters);
    if (one != nullptr && runs(Kernel::lora_merge) && fits_kernel(layer.base)) {
        const Update& update = *one->find(layer.name);
        if (const LowRank* low = update.low_rank()) {
            return kernels::lora_merge(layer.base, low->b, low->a, static_cast<float>(one->scale * update.scale));
        }
    }
    return weights.after(layer.name, adapters.size()).to(layer.base.dtype());
}

// A vector's own value plus all updates, or nothing when none names it.
Tensor merged(const std::string& name, const Tensor& own, const Adapters& adapters) {
    Tensor sum;
    for (const Applied& applied : adapters) {
        const auto update = applied.lora->vectors().find(name);
        if (update == applied.lora->vectors().end() || applied.scale == 0.0F) continue;
        const auto scale = static_cast<float>(applied.scale * update->second.scale);
        sum = ops::add(sum ? sum : own.to(DType::f32), ops::multiply(update->second.difference, Tensor::scalar(scale)));
    }
    return sum ? sum.to(own.dtype()) : sum;
}

}  // namespace

void merge(const Adaptable& model, const Adapters& adapters, bool weights) {
    require_fit(model, adapters);
    std::vector<Vector> vectors = model.vectors;
    for (Linear* layer : model.layers) {
        if (layer->bias) vectors.push_back({layer->name + ".bias", &layer->bias});
    }
    const std::map<std::string, Tensor> before = *model.replaced;
    std::map<std::string, Tensor> replaced;
    std::vector<std::pair<Tensor*, Tensor>> values;
    for (const Vector& vector : vectors) {
        const auto loaded = before.find(vector.name);
        const Tensor own = loaded == before.end() ? *vector.value : loaded->second;
        const Tensor value = merged(vector.name, own, adapters);
        if (value) replaced.emplace(vector.name, own);
        if (value || loaded != before.end()) values.emplace_back(vector.value, value ? value : own);
    }
    const Adapters of_weights = weights ? adapters : Adapters();
    const ChangedWeights changed(model.layers, of_weights, [](const Linear& layer) { return layer.base; });
    std::vector<Tensor> all;
    for (const Linear* layer : model.layers) all.push_back(merged(*layer, changed, of_weights));

    for (const auto& [place, value] : values) *place = value;
    *model.replaced = std::move(replaced);
    for (size_t i = 0; i < model.layers.size(); i++) model.layers[i]->set_weight(all[i]);
}

}  // namespace irs
