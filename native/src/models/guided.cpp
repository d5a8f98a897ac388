#include "models/guided.h"

#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "models/plan.h"
#include "torch/ops.h"

namespace irs {

Tensor guided_velocity(const Flux& flux, const Tensor& img, const Rows& all) {
    const auto& [rows, negatives, true_cfg] = all;
    std::vector<Row> batch = rows;
    std::vector<int64_t> guided;  // rows with a negative half
    std::vector<float> scale;
    for (size_t i = 0; i < rows.size(); i++) {
        if (negatives[i] == nullptr) continue;
        require(std::isfinite(true_cfg[i]), "true_cfg of row ", i, " is ", true_cfg[i], ", expected a finite number");
        batch.push_back({negatives[i], rows[i].step});
        guided.push_back(static_cast<int64_t>(i));
        scale.push_back(true_cfg[i]);
    }
    if (guided.empty()) return flux.velocity(img, rows, nullptr);

    const auto n = static_cast<int64_t>(rows.size()), extra = static_cast<int64_t>(guided.size());
    require_shape("img", img, {n, rows[0].plan->img_tokens, flux.config().in_channels});
    const Tensor index = Tensor::of(guided, {extra}, flux.device());
    const Tensor both = flux.velocity(ops::cat({img, ops::index_select(img, 0, index)}, 0), batch, nullptr);
    const Tensor positive = ops::narrow(both, 0, 0, n);
    const Tensor chosen = ops::index_select(positive, 0, index).to(DType::f32);
    const Tensor negative = ops::narrow(both, 0, n, extra).to(DType::f32);
    const Tensor mixed = ops::add(negative, ops::multiply(ops::subtract(chosen, negative),
                                                          Tensor::of(scale, {extra, 1, 1}, flux.device())));
    if (extra == n) return mixed.to(flux.dtype());

    std::vector<int64_t> order(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; i++) order[static_cast<size_t>(i)] = i;
    for (int64_t i = 0; i < extra; i++) order[static_cast<size_t>(guided[static_cast<size_t>(i)])] = n + i;
    return ops::index_select(ops::cat({positive, mixed.to(flux.dtype())}, 0), 0, Tensor::of(order, {n}, flux.device()));
}

}  // namespace irs
