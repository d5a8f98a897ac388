#include "lora_weights.h"

#include <algorithm>
#include <limits>

#include "torch/ops.h"

namespace irs {

namespace {

// How strongly the term itself counts: by ComfyUI's rule the user's scale comes later.
double factor_of(const Applied& applied, const Update& update) {
    return update.magnitude && update.magnitude->rule == Magnitude::Rule::comfy ? 1.0 : applied.scale;
}

bool interpolates(const Applied& applied, const Magnitude& magnitude) {
    return magnitude.rule == Magnitude::Rule::comfy && applied.scale != 1.0F;
}

// from + s (to - from)
Tensor between(const Tensor& from, const Tensor& to, float s) {
    return ops::add(from, ops::multiply(ops::subtract(to, from), Tensor::scalar(s)));
}

}  // namespace

ChangedWeights::ChangedWeights(const std::vector<Linear*>& layers, const Adapters& adapters,
                               std::function<Tensor(const Linear&)> own)
    : adapters_(adapters), own_(std::move(own)) {
    for (const Linear* layer : layers) layers_[layer->name] = layer;
}

Tensor ChangedWeights::unscaled(const std::string& layer, size_t index, const Tensor& before) const {
    const Applied& applied = adapters_[index];
    const Update& update = *applied.find(layer);
    return ops::add(before, update.delta(factor_of(applied, update)));
}

Tensor ChangedWeights::gain(const std::string& layer, size_t index) const {
    return gain(layer, index, unscaled(layer, index, after(layer, index)));
}

Tensor ChangedWeights::gain(const std::string& layer, size_t index, const Tensor& unscaled_own) const {
    const Magnitude& magnitude = *adapters_[index].find(layer)->magnitude;
    const auto squares_of = [&](const Tensor& weight) {
        const Tensor squares = ops::multiply(weight, weight);
        return ops::sum_last(magnitude.by_row ? squares : ops::transpose(squares, 0, 1));
    };
    Tensor squares = squares_of(unscaled_own);
    if (!magnitude.by_row) {
        for (const std::string& other : magnitude.layers) {
            if (other != layer) squares = ops::add(squares, squares_of(unscaled(other, index, after(other, index))));
        }
    }
    // A row or column of zeros stays one.
    const Tensor norms = ops::clamp(ops::square_root(squares), std::numeric_limits<float>::epsilon(),
                                    std::numeric_limits<float>::max());
    return ops::divide(magnitude.values, ops::reshape(norms, magnitude.values.shape()));
}

Tensor ChangedWeights::after(const std::string& layer, size_t count) const {
    if (count == 0) return own_(*layers_.at(layer)).to(DType::f32);
    const size_t index = count - 1;
    const Tensor before = after(layer, index);
    const Applied& applied = adapters_[index];
    const Update* update = applied.find(layer);
    if (update == nullptr) return before;
    const Tensor sum = unscaled(layer, index, before);
    if (!update->magnitude) return sum;
    const Tensor by = gain(layer, index, sum);
    const Tensor scaled = ops::multiply(sum, update->magnitude->by_row ? ops::reshape(by, {-1, 1}) : by);
    return interpolates(applied, *update->magnitude) ? between(before, scaled, applied.scale) : scaled;
}

Adapters prepared(const std::vector<Linear*>& layers, const Adapters& adapters) {
    const ChangedWeights weights(layers, adapters, [](const Linear& layer) { return layer.weight; });
    Adapters out = adapters;
    for (size_t i = 0; i < adapters.size(); i++) {
        auto gains = std::make_shared<Gains>();
        for (const Linear* layer : layers) {
            const Update* update = adapters[i].find(layer->name);
            if (update != nullptr && update->magnitude) gains->emplace(layer->name, weights.gain(layer->name, i));
        }
        out[i].gains = std::move(gains);
    }
    return out;
}

namespace {

// x times a gain in f32, in x's dtype.
Tensor gained(const Tensor& x, const Tensor& gain) { return ops::multiply(x.to(DType::f32), gain).to(x.dtype()); }

// The product of x with the weight that the first `count` adapters make, without bias. own: that of the layer's own
// weight where it is known.
Tensor product(const Linear& layer, const Tensor& x, const Tensor& own, const Adapters& adapters, size_t count) {
    if (count == 0) {
        if (own) return own;
        Linear bare = layer;
        bare.bias = Tensor();
        return bare(x);
    }
    const Applied& applied = adapters[count - 1];
    const Update* update = applied.find(layer.name);
    if (update == nullptr) return product(layer, x, own, adapters, count - 1);
    const double factor = factor_of(applied, *update);
    if (!update->magnitude) {
        return ops::add(product(layer, x, own, adapters, count - 1), update->run(layer.name, x, factor));
    }
    const Tensor& gain = applied.gains->at(layer.name);
    const bool mixed = interpolates(applied, *update->magnitude);
    Tensor before, scaled;
    if (update->magnitude->by_row) {
        before = product(layer, x, own, adapters, count - 1);
        scaled = gained(ops::add(before, update->run(layer.name, x, factor)), gain);
    } else {
        const Tensor in = gained(x, gain);
        if (mixed) before = product(layer, x, own, adapters, count - 1);
        scaled = ops::add(product(layer, in, Tensor(), adapters, count - 1), update->run(layer.name, in, factor));
    }
    return mixed ? between(before, scaled, applied.scale) : scaled;
}

}  // namespace

Tensor adapted(const Linear& layer, const Tensor& x, const Tensor& y, const Adapters& adapters) {
    const bool decomposed = std::any_of(adapters.begin(), adapters.end(), [&](const Applied& applied) {
        const Update* update = applied.find(layer.name);
        return update != nullptr && update->magnitude;
    });
    if (decomposed) {
        // The bias stays as it is.
        const Tensor own = layer.bias ? ops::subtract(y, layer.bias) : y;
        const Tensor out = product(layer, x, own, adapters, adapters.size());
        return layer.bias ? ops::add(out, layer.bias) : out;
    }
    Tensor sum;
    for (const Applied& applied : adapters) {
        const Update* update = applied.find(layer.name);
        if (update == nullptr) continue;
        const Tensor full = update->run(layer.name, x, applied.scale);
        sum = sum ? ops::add(sum, full) : full;
    }
    return sum ? ops::add(y, sum) : y;
}

}  // namespace irs
