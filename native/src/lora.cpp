#include "lora.h"

#include <algorithm>
#include <cmath>

#include "error.h"
#include "mapped.h"
#include "models/checks.h"
#include "torch/ops.h"

namespace irs {

Tensor Lora::factor(const std::string& name, const Tensor& given, const Shape& shape) const {
    require_shape(name.c_str(), given, shape);
    for (const int64_t size : given.shape()) require(size > 0, name, " has shape ", to_string(given.shape()), ", which is empty");
    Tensor copy;
    require(reads_whole(given, [&] { copy = given.copy(device_, DType::f32); }), name, " ", kCut);
    require(ops::all_finite(copy), name, " holds NaN or infinite values");
    return copy;
}

Linear Lora::linear(const std::string& name, const Tensor& weight) const {
    const Tensor rounded = weight.to(dtype_);
    return {name, rounded, rounded, Tensor()};
}

LowRank Lora::low_rank(const std::string& module, const Tensor& a, const Tensor& b) const {
    return {a, b, linear(module + ".lora_A", a), linear(module + ".lora_B", b)};
}

void Lora::put(const std::string& module, const Tensor& a, const Tensor& b, double scale) {
    const Tensor left = factor(module + " lora_A", a, {-1, -1});
    const Tensor right = factor(module + " lora_B", b, {-1, left.size(0)});
    add(module, {low_rank(module, left, right), scale});
}

void Lora::put_kronecker(const std::string& module, const Tensor& w1, const Tensor& w2, int64_t first, int64_t rows,
                         double scale) {
    const Tensor left = factor(module + " lokr_w1", w1, {-1, -1}), right = factor(module + " lokr_w2", w2, {-1, -1});
    const int64_t all = left.size(0) * right.size(0);
    require(0 <= first && first < all && 0 < rows && rows <= all, module, " takes ", rows, " rows from ", first, " on of ",
            all, ", which lokr_w1 and lokr_w2 have");
    add(module, {Kronecker{left, right, left.to(dtype_), right.to(dtype_), first, rows}, scale});
}

void Lora::put_hadamard(const std::string& module, const Tensor& w1_a, const Tensor& w1_b, const Tensor& w2_a,
                        const Tensor& w2_b, double scale) {
    const Tensor a1 = factor(module + " hada_w1_a", w1_a, {-1, -1});
    const int64_t out = a1.size(0), r1 = a1.size(1);
    const Tensor b1 = factor(module + " hada_w1_b", w1_b, {r1, -1});
    const int64_t in = b1.size(1);
    const Tensor a2 = factor(module + " hada_w2_a", w2_a, {out, -1});
    const int64_t r2 = a2.size(1);
    const Tensor b2 = factor(module + " hada_w2_b", w2_b, {r2, in});
    // The product is one of low rank, r1 r2, by the rows of a1, a2 and the columns of b1, b2 (Khatri-Rao); where that is not
    // low, it is a matrix like any other.
    if (r1 * r2 * (out + in) >= out * in) {
        put_difference(module, ops::multiply(ops::matmul(a1, b1), ops::matmul(a2, b2)), scale);
        return;
    }
    const auto rows = [&](const Tensor& x, const Tensor& y) {
        return ops::multiply(ops::reshape(x, {-1, r1, 1}), ops::reshape(y, {-1, 1, r2}));
    };
    const auto columns = [&](const Tensor& x, const Tensor& y) {
        return ops::multiply(ops::reshape(x, {r1, 1, in}), ops::reshape(y, {1, r2, in}));
    };
    add(module, {low_rank(module, ops::reshape(columns(b1, b2), {r1 * r2, in}), ops::reshape(rows(a1, a2), {out, r1 * r2})),
                 scale});
}

void Lora::put_difference(const std::string& module, const Tensor& weight, double scale) {
    const Tensor whole = factor(module + " diff", weight, {-1, -1});
    add(module, {Difference{whole, linear(module + ".diff", whole)}, scale});
}

void Lora::put_vector(const std::string& parameter, const Tensor& difference, double scale) {
    require(std::isfinite(scale), parameter, " has scale ", scale, ", expected a finite number");
    const OfVector update{factor(parameter, difference, {-1}), scale};
    require(vectors_.emplace(parameter, update).second, parameter, " is updated twice");
}

void Lora::set_magnitude(const std::string& module, const Tensor& values, bool by_row, Magnitude::Rule rule,
                         const std::vector<std::string>& layers) {
    const auto found = updates_.find(module);
    require(found != updates_.end(), module, " has a magnitude, but no update was put before it");
    const int64_t size = found->second.shape()[by_row ? 0 : 1];
    found->second.magnitude = Magnitude{factor(module + " magnitude", values, {size}), by_row, rule, layers};
}

void Lora::share(const std::string& module, const Tensor& a, const Tensor& b, double scale, const Dropout& dropout) {
    trainable_ = true;
    require_shape((module + " lora_A").c_str(), a, {-1, -1});
    require(a.size(0) > 0, module, " lora_A has rank 0");
    require_shape((module + " lora_B").c_str(), b, {-1, a.size(0)});
    LowRank term = low_rank(module, a, b);
    term.dropout = dropout;
    add(module, {term, scale});
}

void Lora::add(const std::string& module, Update update) {
    require(std::isfinite(update.scale), module, " has alpha / rank ", update.scale, ", expected a finite number");
    require(updates_.emplace(module, std::move(update)).second, module, " is updated twice");
}

const Update* Lora::find(const std::string& module) const {
    const auto found = updates_.find(module);
    return found == updates_.end() ? nullptr : &found->second;
}

void append(std::vector<Vector>& to, const std::string& name, Norm& norm) {
    to.push_back({name + ".weight", &norm.weight});
    to.push_back({name + ".bias", &norm.bias});
}

const Tensor* find_vector(const Adaptable& model, const std::string& name) {
    for (const Linear* layer : model.layers) {
        if (layer->bias && name == layer->name + ".bias") return &layer->bias;
    }
    for (const Vector& vector : model.vectors) {
        if (name == vector.name) return vector.value;
    }
    return nullptr;
}

void require_fit(const Adaptable& model, const Adapters& adapters) {
    std::map<std::string, const Linear*> by_name;
    for (const Linear* layer : model.layers) by_name[layer->name] = layer;
    for (const Applied& applied : adapters) {
        require(std::isfinite(applied.scale) && std::fabs(applied.scale) <= 100, "LoRA scale is ", applied.scale,
                ", expected -100 to 100");
        for (const auto& [module, update] : applied.lora->updates()) {
            const auto layer = by_name.find(module);
            require(layer != by_name.end(), "the model has no layer ", module);
            const Shape wanted = layer->second->base.shape(), got = update.shape();
            require(wanted == got, "the update of ", module, " has shape ", to_string(got), ", the layer ",
                    to_string(wanted));
            if (!update.magnitude) continue;
            for (const std::string& other : update.magnitude->layers) {
                const Update* beside = applied.lora->find(other);
                require(beside != nullptr && beside->shape()[1] == got[1], "the magnitude of ", module,
                        " is shared with ", other, ", whose update is missing or of another width");
            }
        }
        for (const auto& [name, update] : applied.lora->vectors()) {
            const Tensor* vector = find_vector(model, name);
            require(vector != nullptr, "the model has no parameter ", name);
            require(vector->shape() == update.difference.shape(), "the update of ", name, " has shape ",
                    to_string(update.difference.shape()), ", the parameter ", to_string(vector->shape()));
        }
    }
}

bool names(const Adapters& adapters, const std::string& layer) {
    return std::any_of(adapters.begin(), adapters.end(),
                       [&](const Applied& applied) { return applied.find(layer) != nullptr; });
}

bool only_low_rank(const Adapters& adapters) {
    for (const Applied& applied : adapters) {
        if (applied.scale == 0.0F) continue;
        for (const auto& [module, update] : applied.lora->updates()) {
            if (update.low_rank() == nullptr) return false;
        }
    }
    return true;
}

}  // namespace irs
