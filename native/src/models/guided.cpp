#include "models/guided.h"

#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "models/plan.h"
#include "torch/ops.h"

namespace irs {

Halves halves_of(const Rows& all) {
    Halves out{all.rows, {}};
    for (size_t i = 0; i < all.rows.size(); i++) {
        if (all.negatives[i] == nullptr) continue;
        require(std::isfinite(all.true_cfg[i]), "true_cfg of row ", i, " is ", all.true_cfg[i], ", expected a finite number");
        out.rows.push_back({all.negatives[i], all.rows[i].step});
        out.guided.push_back(static_cast<int64_t>(i));
    }
    return out;
}

Tensor with_halves(const Tensor& img, const Halves& halves, Device device) {
    if (halves.guided.empty()) return img;
    const auto extra = static_cast<int64_t>(halves.guided.size());
    const Tensor index = Tensor::of(halves.guided, {extra}, device);
    return ops::cat({img, ops::index_select(img, 0, index)}, 0);
}

Tensor mixed(const Tensor& both, const Halves& halves, const Rows& all) {
    if (halves.guided.empty()) return both;
    const auto n = static_cast<int64_t>(all.rows.size()), extra = static_cast<int64_t>(halves.guided.size());
    std::vector<float> scale;
    for (const int64_t row : halves.guided) scale.push_back(all.true_cfg[static_cast<size_t>(row)]);
    const Tensor positive = ops::narrow(both, 0, 0, n), index = Tensor::of(halves.guided, {extra}, both.device());
    const Tensor chosen = ops::index_select(positive, 0, index).to(DType::f32);
    const Tensor negative = ops::narrow(both, 0, n, extra).to(DType::f32);
    const Tensor sum = ops::add(negative, ops::multiply(ops::subtract(chosen, negative),
                                                        Tensor::of(scale, {extra, 1, 1}, both.device())));
    if (extra == n) return sum.to(both.dtype());

    std::vector<int64_t> order(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; i++) order[static_cast<size_t>(i)] = i;
    for (int64_t i = 0; i < extra; i++) order[static_cast<size_t>(halves.guided[static_cast<size_t>(i)])] = n + i;
    return ops::index_select(ops::cat({positive, sum.to(both.dtype())}, 0), 0, Tensor::of(order, {n}, both.device()));
}

Tensor guided_velocity(const Flux& flux, const Tensor& img, const Rows& all) {
    const Halves halves = halves_of(all);
    const auto n = static_cast<int64_t>(all.rows.size());
    require_shape("img", img, {n, all.rows[0].plan->img_tokens, flux.config().in_channels});
    return mixed(flux.velocity(with_halves(img, halves, flux.device()), halves.rows, nullptr), halves, all);
}

}  // namespace irs
