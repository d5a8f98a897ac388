#include "models/guided.h"

#include <cmath>
#include <cstring>

#include "error.h"
#include "latents.h"
#include "models/checks.h"
#include "models/plan.h"
#include "switches.h"
#include "torch/kernels.h"
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
    if (outside_graph() && img.device().is_cpu() && img.is_contiguous()) {
        // The dispatcher takes longer than the copy.
        Shape shape = img.shape();
        const auto bytes = static_cast<size_t>(img.numel() / shape[0] * element_size(img.dtype()));
        const auto rows = static_cast<size_t>(shape[0]);
        shape[0] += extra;
        Tensor out = Tensor::empty(shape, img.dtype(), img.device());
        const auto* from = static_cast<const char*>(img.data());
        auto* to = static_cast<char*>(out.data());
        std::memcpy(to, from, rows * bytes);
        for (size_t k = 0; k < halves.guided.size(); k++) {
            std::memcpy(to + (rows + k) * bytes, from + static_cast<size_t>(halves.guided[k]) * bytes, bytes);
        }
        return out;
    }
    if (extra == img.size(0)) return ops::cat({img, img}, 0);
    const Tensor index = Tensor::of(halves.guided, {extra}, device);
    return ops::cat({img, ops::index_select(img, 0, index)}, 0);
}

Tensor mixed(const Tensor& both, const Halves& halves, const Rows& all) {
    if (halves.guided.empty()) return both;
    const auto n = static_cast<int64_t>(all.rows.size()), extra = static_cast<int64_t>(halves.guided.size());
    if (outside_graph() && runs(Kernel::guidance) && both.is_contiguous() && kernels::serve(both.device(), both.dtype())) {
        std::vector<int64_t> negative(all.rows.size(), -1);
        for (size_t k = 0; k < halves.guided.size(); k++) {
            negative[static_cast<size_t>(halves.guided[k])] = n + static_cast<int64_t>(k);
        }
        Shape shape = both.shape();
        shape[0] = n;
        Tensor out = Tensor::empty(shape, both.dtype(), both.device());
        kernels::guidance(both, negative, all.true_cfg, out);
        return out;
    }
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
