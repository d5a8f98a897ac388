#include "lora.h"

#include <algorithm>
#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "switches.h"
#include "torch/kernels.h"
#include "torch/ops.h"
#include "train/initial.h"

namespace irs {

void Lora::put(const std::string& module, const Tensor& a, const Tensor& b, double scale) {
    // Copies: the file may be closed right after.
    const LowRank update{a.copy(device_, DType::f32), b.copy(device_, DType::f32), scale, {}, {}};
    require(ops::all_finite(update.a), module, " lora_A holds NaN or infinite values");
    require(ops::all_finite(update.b), module, " lora_B holds NaN or infinite values");
    add(module, update);
}

void Lora::share(const std::string& module, const Tensor& a, const Tensor& b, double scale, const Dropout& dropout) {
    trainable_ = true;
    add(module, {a, b, scale, {}, {}, dropout});
}

void Lora::add(const std::string& module, const LowRank& given) {
    require_shape((module + " lora_A").c_str(), given.a, {-1, -1});
    const int64_t rank = given.a.size(0);
    require(rank > 0, module, " lora_A has rank 0");
    require_shape((module + " lora_B").c_str(), given.b, {-1, rank});
    require(std::isfinite(given.scale), module, " has alpha / rank ", given.scale, ", expected a finite number");
    LowRank update = given;
    const Tensor down = update.a.to(dtype_), up = update.b.to(dtype_);
    update.down = {module + ".lora_A", down, down, Tensor()};
    update.up = {module + ".lora_B", up, up, Tensor()};
    require(updates_.emplace(module, update).second, module, " is updated twice");
}

const LowRank* Lora::find(const std::string& module) const {
    const auto found = updates_.find(module);
    return found == updates_.end() ? nullptr : &found->second;
}

void require_fit(const std::vector<Linear*>& layers, const Adapters& adapters) {
    std::map<std::string, const Linear*> by_name;
    for (const Linear* layer : layers) by_name[layer->name] = layer;
    for (const Applied& applied : adapters) {
        require(std::isfinite(applied.scale) && std::fabs(applied.scale) <= 100, "LoRA scale is ", applied.scale,
                ", expected -100 to 100");
        for (const auto& [module, update] : applied.lora->updates()) {
            const auto layer = by_name.find(module);
            require(layer != by_name.end(), "the model has no layer ", module);
            const Shape wanted = layer->second->base.shape(), got{update.b.size(0), update.a.size(1)};
            require(wanted == got, "the update of ", module, " has shape ", to_string(got), ", the layer ",
                    to_string(wanted));
        }
    }
}

namespace {

// Whether a single update names the layer: several are summed before they are rounded.
bool only(const Linear& layer, const Adapters& adapters) {
    return std::count_if(adapters.begin(), adapters.end(), [&](const Applied& applied) {
               return applied.scale != 0.0F && applied.lora->find(layer.name) != nullptr;
           }) == 1;
}

bool fits_kernel(const Tensor& base) {
    return base.is_contiguous() && kernels::serve(base.device(), base.dtype()) && !torch::api().grad_mode_is_enabled();
}

// The layer's own weight plus all updates, or nothing when none names it.
Tensor merged(const Linear& layer, const Adapters& adapters) {
    Tensor sum;
    for (const Applied& applied : adapters) {
        const LowRank* update = applied.lora->find(layer.name);
        if (update == nullptr || applied.scale == 0.0F) continue;
        const auto scale = static_cast<float>(applied.scale * update->scale);
        if (!sum && only(layer, adapters) && runs(Kernel::lora_merge) && fits_kernel(layer.base)) {
            return kernels::lora_merge(layer.base, update->b, update->a, scale);
        }
        // The scale goes to the thin factor: one pass less over the whole weight.
        const Tensor delta = ops::matmul(ops::multiply(update->b, Tensor::scalar(scale)), update->a);
        sum = ops::add(sum ? sum : layer.base.to(DType::f32), delta);
    }
    return sum ? sum.to(layer.base.dtype()) : sum;
}

}  // namespace

void merge(const std::vector<Linear*>& layers, const Adapters& adapters) {
    require_fit(layers, adapters);
    std::vector<Tensor> weights;
    for (const Linear* layer : layers) {
        const Tensor weight = merged(*layer, adapters);
        weights.push_back(weight ? weight : layer->base);
    }
    for (size_t i = 0; i < layers.size(); i++) layers[i]->set_weight(weights[i]);
}

namespace {

// x with a share of its elements set to 0 and the rest enlarged to match. The choice is a hash of seed, layer and
// position (the finaliser of MurmurHash3), so that it repeats on any device.
Tensor dropped(const Tensor& x, const Dropout& dropout, const std::string& layer) {
    const auto seed = static_cast<int64_t>(dropout.seed ^ hash_of(layer));
    const Tensor keep = ops::hashed_uniform(x.shape(), seed, x.device());
    return ops::multiply(x, ops::divide(ops::at_least(keep, dropout.share).to(x.dtype()),
                                        Tensor::scalar(1.0F - dropout.share)));
}

}  // namespace

Tensor branch(const Linear& layer, const Tensor& x, const Adapters& adapters) {
    Tensor sum;
    for (const Applied& applied : adapters) {
        const LowRank* update = applied.lora->find(layer.name);
        if (update == nullptr || applied.scale == 0.0F) continue;
        const auto scale = static_cast<float>(applied.scale * update->scale);
        const Tensor kept = update->dropout.share > 0.0F ? dropped(x, update->dropout, layer.name) : x;
        const Tensor low = ops::multiply(update->down(kept), Tensor::scalar(scale));
        const Tensor full = update->up(low);
        sum = sum ? ops::add(sum, full) : full;
    }
    return sum;
}

Tensor adapted(const Linear& layer, const Tensor& x, const Adapters& adapters) {
    const Tensor y = layer(x);
    const Tensor update = branch(layer, x, adapters);
    return update ? ops::add(y, update) : y;
}

}  // namespace irs
