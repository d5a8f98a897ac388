#include "weights.h"

#include <mutex>

#include "error.h"
#include "mapped.h"
#include "torch/kernels.h"
#include "torch/ops.h"
#include "torch/rows.h"
#include "train/initial.h"

namespace irs {

Tensor Linear::operator()(const Tensor& x) const {
    if (!fp8 || !outside_graph()) return ops::linear(x, weight, bias);
    if (!kernels::multiplies_fp8(x.device())) { // one layer's weight at a time
        const Tensor widened = ops::multiply(fp8->values.to(DType::f32), fp8->scales).to(x.dtype());
        return ops::linear(x, widened, bias);
    }
    const Tensor rows = ops::reshape(x, {x.numel() / weight.size(1), weight.size(1)});
    const kernels::Fp8Rows a = kernels::fp8_rows(ops::contiguous(rows));
    const Tensor y = ops::scaled_mm(a.values, ops::transpose(fp8->values, 0, 1), a.scales,
                                    ops::transpose(fp8->scales, 0, 1), bias);
    Shape shape = x.shape();
    shape.back() = weight.size(0);
    return ops::reshape(y, shape);
}

void Linear::set_fp8(bool on) {
    if (!on && !fp8) return;
    stack.reset();
    fp8 = on ? std::make_shared<const kernels::Fp8Rows>(kernels::fp8_rows(ops::contiguous(weight))) : nullptr;
}

const tiles::Weight& Linear::tiles() const {
    static std::mutex mutex;
    const std::lock_guard<std::mutex> lock(mutex);
    if (packed) return *packed;
    const int64_t out = weight.size(0), in = weight.size(1);
    const Tensor w = ops::contiguous(weight), b = bias ? ops::contiguous(bias) : bias;
    by_type(w, [&](auto type) {
        using T = decltype(type);
        const T* by_row = b ? static_cast<const T*>(b.data()) : nullptr;
        packed = std::make_shared<const tiles::Weight>(static_cast<const T*>(w.data()), by_row, out, in);
    });
    return *packed;
}

void Linear::set_weight(const Tensor& changed) {
    weight = changed;
    packed.reset();
    stack.reset();
    if (fp8) set_fp8(true);
}

void stack(const std::vector<Linear*>& layers) {
    const auto all = std::make_shared<Linear>();
    std::vector<Tensor> weights, biases;
    for (const Linear* layer : layers) {
        weights.push_back(layer->weight);
        if (layer->bias) biases.push_back(layer->bias);
    }
    all->base = all->weight = ops::cat(weights, 0);
    if (biases.size() == layers.size()) all->bias = ops::cat(biases, 0);
    if (layers[0]->fp8) all->set_fp8(true);
    int64_t row = 0;
    for (Linear* layer : layers) {
        const int64_t rows = layer->weight.size(0);
        const auto part = [&](const Tensor& whole) { return ops::narrow(whole, 0, row, rows); };
        const bool merged = layer->weight.data() != layer->base.data();
        layer->weight = part(all->weight);
        if (!merged) layer->base = layer->weight;
        if (all->bias) layer->bias = part(all->bias);
        if (all->fp8) layer->fp8 = std::make_shared<kernels::Fp8Rows>(kernels::Fp8Rows{part(all->fp8->values), part(all->fp8->scales)});
        layer->stack = all;
        row += rows;
    }
}

Tensor Conv::operator()(const Tensor& x) const { return ops::conv2d(x, weight, bias, stride, padding); }

Tensor Loader::take(const std::string& name, const Shape& shape) {
    auto found = weights_.tensors.find(name);
    if (found == weights_.tensors.end() && weights_.seed) {
        Tensor made = initial(weights_, name, shape);
        // Frozen ones are the model's alone, which may lay them out anew.
        if (!weights_.trainable) return made;
        found = weights_.tensors.emplace(name, made).first;
    }
    if (found == weights_.tensors.end()) {
        missing_.push_back(name);
        return Tensor();
    }
    const Tensor& stored = found->second;
    if (stored.shape() != shape) {
        wrong_.push_back(join(name, " has shape ", to_string(stored.shape()), ", expected ", to_string(shape)));
        return Tensor();
    }
    if (!is_float(stored.dtype())) {
        wrong_.push_back(join(name, " has dtype ", irs::name(stored.dtype()), ", expected a floating-point one"));
        return Tensor();
    }
    Tensor out;
    bool finite = true;
    const bool whole = reads_whole(stored, [&] {
        out = stored.to(weights_.device, weights_.dtype);
        finite = ops::all_finite(out);
    });
    if (!whole) wrong_.push_back(join(name, " ", kCut));
    if (!finite) wrong_.push_back(join(name, " holds NaN or infinite values"));
    return out;
}

Linear Loader::linear(const std::string& name, int64_t out, int64_t in, bool bias) {
    Tensor weight = take(name + ".weight", {out, in});
    return {name, weight, weight, bias ? take(name + ".bias", {out}) : Tensor()};
}

Norm Loader::norm(const std::string& name, int64_t width) {
    Tensor weight = take(name + ".weight", {width});
    return {weight, take(name + ".bias", {width})};
}

Conv Loader::conv(const std::string& name, int64_t out, int64_t in, int64_t kernel, int64_t stride,
                  int64_t padding) {
    Tensor weight = take(name + ".weight", {out, in, kernel, kernel});
    return {weight, take(name + ".bias", {out}), stride, padding};
}

namespace {

// At most a few names in full: a wrong folder misses hundreds.
void append(std::string& text, const char* label, const std::vector<std::string>& names) {
    if (names.empty()) return;
    constexpr size_t kShown = 3;
    if (!text.empty()) text += "; ";
    text += join(names.size(), " ", label, ": ");
    for (size_t i = 0; i < names.size() && i < kShown; i++) text += join(i == 0 ? "" : ", ", names[i]);
    if (names.size() > kShown) text += join(" and ", names.size() - kShown, " more");
}

}  // namespace

void Loader::finish(const char* model) const {
    std::string problems;
    append(problems, "missing", missing_);
    append(problems, "wrong", wrong_);
    require(problems.empty(), model, " weights: ", problems);
}

}  // namespace irs
