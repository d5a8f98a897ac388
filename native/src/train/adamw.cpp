#include "train/adamw.h"

#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "torch/call.h"
#include "torch/gradient.h"
#include "torch/ops.h"

namespace irs {

using torch::Call;

namespace {

void zero(const Tensor& x) { Call("aten::zero_").arg(x).run(); }

Tensor zeros_like(const Tensor& x) {
    Tensor out = Tensor::empty(x.shape(), DType::f32, x.device());
    zero(out);
    return out;
}

double squared_norm(const Tensor& x) {
    const Tensor flat = ops::reshape(x, {x.numel()});
    const Tensor sum = ops::matmul(flat, flat).to(Device{}, DType::f32);
    return *static_cast<const float*>(sum.data());
}

void check(const irs_adamw_settings& s) {
    require(std::isfinite(s.learning_rate) && s.learning_rate >= 0, "learning_rate is ", s.learning_rate,
            ", expected 0 or more");
    for (const double beta : {s.beta1, s.beta2, s.average_decay}) {
        require(beta >= 0 && beta < 1, "a decay rate is ", beta, ", expected [0, 1)");
    }
    require(s.eps > 0, "eps is ", s.eps, ", expected more than 0");
    require(s.weight_decay >= 0, "weight_decay is ", s.weight_decay, ", expected 0 or more");
    require(s.max_norm > 0, "max_norm is ", s.max_norm, ", expected more than 0");
}

}  // namespace

AdamW::AdamW(const Weights& trainable, bool average) {
    const NoGrad no_grad;
    for (const auto& [name, leaf] : trainable.tensors) {
        Parameter p;
        p.leaf = leaf;
        p.weight = leaf.to(DType::f32);
        p.mean = zeros_like(leaf);
        p.square = zeros_like(leaf);
        if (average) p.average = leaf.copy(leaf.device(), DType::f32);
        p.decays = leaf.dim() > 1;
        parameters_.emplace(name, p);
    }
    require(!parameters_.empty(), "there are no weights to train");
    step_ = Tensor::of(std::vector<float>{0.0F}, {}, trainable.device);
}

void AdamW::gather(float share) {
    const NoGrad no_grad;
    for (auto& [name, p] : parameters_) {
        const Tensor grad = gathered(p.leaf);
        if (!grad) continue;  // no part of this graph
        const Tensor scaled = ops::multiply(grad.to(DType::f32), Tensor::scalar(share));
        p.gradient = p.gradient ? ops::add(p.gradient, scaled) : scaled;
        zero(grad);
    }
}

double AdamW::step(const irs_adamw_settings& settings) {
    const NoGrad no_grad;
    check(settings);
    double norm = 0;
    for (const auto& [name, p] : parameters_) norm += p.gradient ? squared_norm(p.gradient) : 0.0;
    norm = std::sqrt(norm);
    require(std::isfinite(norm), "the gradient's norm is ", norm, " at step ", steps_,
            ", expected a finite number; a smaller learning rate may help");
    set_steps(steps_ + 1);
    const auto divisor = static_cast<float>(std::max(1.0, norm / settings.max_norm));
    const Tensor clip = Tensor::of(std::vector<float>{divisor}, {}, step_.device());
    update(settings, true, clip);
    update(settings, false, clip);
    const Tensor lerp = Tensor::scalar(static_cast<float>(1.0 - settings.average_decay));
    for (auto& [name, p] : parameters_) {
        p.gradient = Tensor();
        if (p.leaf.dtype() != DType::f32) torch::check(torch::api().copy_(p.leaf.get(), p.weight.get(), 0), "AdamW");
        if (p.average) Call("aten::lerp_", "Tensor").arg(p.average).arg(p.weight).arg(lerp).run();
    }
    return norm;
}

// libtorch's fused kernel: one pass over all tensors.
void AdamW::update(const irs_adamw_settings& s, bool decays, const Tensor& clip) {
    std::vector<Tensor> weights, gradients, means, squares, steps;
    for (const auto& [name, p] : parameters_) {
        if (!p.gradient || p.decays != decays) continue;
        weights.push_back(p.weight);
        gradients.push_back(p.gradient);
        means.push_back(p.mean);
        squares.push_back(p.square);
        steps.push_back(step_);
    }
    if (weights.empty()) return;
    Call("aten::_fused_adamw_")
        .arg(weights)
        .arg(gradients)
        .arg(means)
        .arg(squares)
        .arg(std::vector<Tensor>{})  // amsgrad's
        .arg(steps)
        .arg(s.learning_rate)
        .arg(s.beta1)
        .arg(s.beta2)
        .arg(decays ? s.weight_decay : 0.0)
        .arg(s.eps)
        .arg(false)  // amsgrad
        .arg(false)  // maximize
        .maybe(clip)
        .none()  // found_inf
        .run_void();
}

AdamW::Parameter& AdamW::parameter(const std::string& name) {
    const auto found = parameters_.find(name);
    require(found != parameters_.end(), "no weight is called ", name);
    return found->second;
}

const Tensor& AdamW::state(const std::string& name, int32_t kind) const {
    const auto found = parameters_.find(name);
    require(found != parameters_.end(), "no weight is called ", name);
    const Parameter& p = found->second;
    switch (kind) {
        case IRS_ADAMW_WEIGHT:
            return p.weight;
        case IRS_ADAMW_MEAN:
            return p.mean;
        case IRS_ADAMW_SQUARE:
            return p.square;
        case IRS_ADAMW_AVERAGE:
            require(static_cast<bool>(p.average), "the optimizer keeps no average of the weights");
            return p.average;
        default:
            throw Error(IRS_INVALID_ARGUMENT, join("kind of state is ", kind, ", expected 0 to 3"));
    }
}

void AdamW::restore(const std::string& name, int32_t kind, const Tensor& value) {
    const NoGrad no_grad;
    const Tensor& target = state(name, kind);
    require_shape(name.c_str(), value, target.shape());
    torch::check(torch::api().copy_(target.get(), value.get(), 0), "restore");
    if (kind != IRS_ADAMW_WEIGHT) return;
    const Parameter& p = parameter(name);
    if (p.leaf.dtype() != DType::f32) torch::check(torch::api().copy_(p.leaf.get(), value.get(), 0), "restore");
}

void AdamW::set_steps(int64_t steps) {
    require(steps >= 0 && steps < int64_t{1} << 24, "steps is ", steps, ", expected 0 to 2^24 - 1");
    steps_ = steps;
    step_ = Tensor::of(std::vector<float>{static_cast<float>(steps)}, {}, step_.device());
}

}  // namespace irs
