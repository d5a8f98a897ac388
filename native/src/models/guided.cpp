#include "models/guided.h"

#include <cmath>

#include "error.h"
#include "latents.h"
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
    if (extra == img.size(0)) return ops::cat({img, img}, 0);
    const Tensor index = Tensor::of(halves.guided, {extra}, device);
    return ops::cat({img, ops::index_select(img, 0, index)}, 0);
}

Tensor mixed(const Tensor& both, const Halves& halves, const Rows& all) {
    if (halves.guided.empty()) return both;
    const auto n = static_cast<int64_t>(all.rows.size()), extra = static_cast<int64_t>(halves.guided.size());
    std::vector<float> scale;
    for (const int64_t row : halves.guided) scale.push_back(all.true_cfg[static_cast<size_t>(row)]);
    const Tensor positive = ops::narrow(both, 0, 0, n), negative = ops::narrow(both, 0, n, extra).to(DType::f32);
    const bool all_rows = extra == n;
    const Tensor index = all_rows ? Tensor() : Tensor::of(halves.guided, {extra}, both.device());
    const Tensor chosen = (all_rows ? positive : ops::index_select(positive, 0, index)).to(DType::f32);
    const auto same = [&](float factor) { return std::vector<float>(static_cast<size_t>(extra), factor); };
    const Term none{"nothing", nullptr, same(0)};
    const Tensor apart = combine({"positive", &chosen, same(1)}, {"negative", &negative, same(-1)}, none);
    const Tensor sum = combine({"negative", &negative, same(1)}, {"difference", &apart, scale}, none).to(both.dtype());
    if (all_rows) return sum;

    std::vector<int64_t> order(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; i++) order[static_cast<size_t>(i)] = i;
    for (int64_t i = 0; i < extra; i++) order[static_cast<size_t>(halves.guided[static_cast<size_t>(i)])] = n + i;
    return ops::index_select(ops::cat({positive, sum}, 0), 0, Tensor::of(order, {n}, both.device()));
}

Tensor guided_velocity(const Flux& flux, const Tensor& img, const Rows& all) {
    const Halves halves = halves_of(all);
    const auto n = static_cast<int64_t>(all.rows.size());
    require_shape("img", img, {n, all.rows[0].plan->img_tokens, flux.config().in_channels});
    return mixed(flux.velocity(with_halves(img, halves, flux.device()), halves.rows, nullptr), halves, all);
}

}  // namespace irs
