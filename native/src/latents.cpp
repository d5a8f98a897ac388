#include "latents.h"

#include <algorithm>
#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "rows.h"
#include "switches.h"
#include "torch/kernels.h"
#include "torch/ops.h"

namespace irs {

Tensor pack(const Tensor& latents) {
    require_shape("latents", latents, {-1, -1, -1, -1});
    const int64_t n = latents.size(0), c = latents.size(1), h = latents.size(2), w = latents.size(3);
    require(h % 2 == 0 && w % 2 == 0, "latents have size ", h, " x ", w, ", expected even sizes");
    const Tensor patches = ops::permute(ops::reshape(latents, {n, c, h / 2, 2, w / 2, 2}), {0, 2, 4, 1, 3, 5});
    return ops::reshape(patches.copy(latents.device(), latents.dtype()), {n, h * w / 4, 4 * c});
}

Tensor unpack(const Tensor& packed, int64_t height, int64_t width) {
    require(height > 0 && width > 0 && height % 2 == 0 && width % 2 == 0, "latents have size ", height, " x ", width,
            ", expected even sizes");
    require_shape("packed latents", packed, {-1, height * width / 4, -1});
    const int64_t n = packed.size(0), c = packed.size(2) / 4;
    require(packed.size(2) % 4 == 0, "packed latents have ", packed.size(2), " channels, expected a multiple of 4");
    const Tensor grid = ops::reshape(packed, {n, height / 2, width / 2, c, 2, 2});
    const Tensor planes = ops::permute(grid, {0, 3, 1, 4, 2, 5});
    return ops::reshape(planes.copy(packed.device(), packed.dtype()), {n, c, height, width});
}

namespace {

// Whether one kernel does it: x in and out, v and z (each may be empty).
bool by_kernel(const Tensor& x, const Tensor& v, const Tensor& z) {
    if (!outside_graph() || !runs(Kernel::transition)) return false;
    const auto fits = [&](const Tensor& t) { return !t || (t.is_contiguous() && kernels::serve(t.device(), t.dtype())); };
    return fits(x) && fits(v) && fits(z) && (!z || z.dtype() == DType::f32);
}

}  // namespace

void euler(Tensor& img, const Tensor& velocity, const std::vector<float>& dsigma) {
    const auto n = static_cast<int64_t>(dsigma.size());
    require_shape("img", img, {n, -1, -1});
    require_shape("velocity", velocity, img.shape());
    if (by_kernel(img, velocity, Tensor()) && img.device() == velocity.device()) {
        std::vector<float> dt = dsigma;
        if (velocity.dtype() == DType::bf16) {
            for (float& each : dt) each = to_float(from_float<bf16>(each));
        }
        kernels::transition(img, velocity, Tensor(), {std::vector<float>(dt.size(), 1.0F), dt, {}}, true, img);
        return;
    }
    const Tensor dt = Tensor::of(dsigma, {n, 1, 1}, velocity.device()).to(velocity.dtype());
    const Tensor sum = ops::add(img.to(DType::f32), ops::multiply(velocity, dt));
    img.fill_from(sum);
}

namespace {

void require_finite(const Term& term) {
    for (size_t i = 0; i < term.factors.size(); i++) {
        require(std::isfinite(term.factors[i]), "the factor of ", term.name, " in row ", i, " is ", term.factors[i],
                ", expected a finite number");
    }
}

Tensor scaled(const Term& term) {
    const Tensor x = term.tensor->to(DType::f32);
    return ops::multiply(x, Tensor::of(term.factors, {static_cast<int64_t>(term.factors.size()), 1, 1}, x.device()));
}

bool all_zero(const Term& term) {
    return std::all_of(term.factors.begin(), term.factors.end(), [](float factor) { return factor == 0.0F; });
}

}  // namespace

Tensor combine(const Term& x, const Term& v, const Term& z) {
    require_shape(x.name, *x.tensor, {static_cast<int64_t>(x.factors.size()), -1, -1});
    require_finite(x);
    // Those that count.
    Tensor of_v, of_z;
    for (const auto& [term, tensor] : {std::pair{&v, &of_v}, std::pair{&z, &of_z}}) {
        require_finite(*term);
        if (all_zero(*term)) continue;
        require(term->tensor != nullptr, term->name, " is NULL, but not all of its factors are 0");
        require_shape(term->name, *term->tensor, x.tensor->shape());
        require(term->tensor->device() == x.tensor->device(), term->name, " is on device ", term->tensor->device().index,
                ", ", x.name, " on ", x.tensor->device().index, " (-1: CPU)");
        *tensor = *term->tensor;
    }
    if (by_kernel(*x.tensor, of_v, of_z)) {
        const Tensor out = Tensor::empty(x.tensor->shape(), x.tensor->dtype(), x.tensor->device());
        kernels::transition(*x.tensor, of_v, of_z, {x.factors, v.factors, z.factors}, false, out);
        return out;
    }
    Tensor sum = scaled(x);
    if (of_v) sum = ops::add(sum, scaled(v));
    if (of_z) sum = ops::add(sum, scaled(z));
    return sum.to(x.tensor->dtype());
}

Tensor reduce(const Tensor& latents, int64_t factor) {
    require(factor == 1 || factor == 2 || factor == 4, "factor is ", factor, ", expected 1, 2 or 4");
    require_shape("latents", latents, {-1, -1, -1, -1});
    const int64_t h = latents.size(2), w = latents.size(3);
    require(h > 0 && w > 0 && h % (2 * factor) == 0 && w % (2 * factor) == 0, "latents have size ", h, " x ", w,
            ", expected multiples of ", 2 * factor, " for factor ", factor);
    return ops::mean_pool(latents, factor);
}

}  // namespace irs
