#include "train/losses.h"

#include "error.h"
#include "models/checks.h"
#include "torch/ops.h"

namespace irs {

namespace {

Tensor row_mean(const Tensor& x) {
    const int64_t n = x.size(0);
    require(n > 0, "a loss has 0 rows, expected at least 1");
    return ops::mean_last(ops::reshape(x, {n, x.numel() / n}));
}

Tensor square(const Tensor& x) { return ops::multiply(x, x); }

Tensor neighbours(const Tensor& x, int64_t dim) {
    const int64_t size = x.size(dim);
    return ops::subtract(ops::narrow(x, dim, 1, size - 1), ops::narrow(x, dim, 0, size - 1));
}

Tensor scaled(const Tensor& x, float factor) { return ops::multiply(x, Tensor::scalar(factor)); }

}  // namespace

Tensor flow_loss(const Tensor& velocity, const Tensor& x0, const Tensor& noise) {
    require_shape("x0", x0, velocity.shape());
    require_shape("noise", noise, velocity.shape());
    const Tensor target = ops::subtract(noise.to(velocity.device(), DType::f32), x0.to(velocity.device(), DType::f32));
    return row_mean(square(ops::subtract(velocity.to(DType::f32), target)));
}

Tensor reconstruction_loss(const Tensor& decoded, const Tensor& images, const Tensor& weight,
                           const ReconstructionWeights& terms) {
    require_shape("images", images, decoded.shape());
    require_shape("images", images, {-1, -1, -1, -1});
    require(images.size(2) > 1 && images.size(3) > 1, "images have size ", images.size(2), " x ", images.size(3),
            ", expected at least 2 x 2");
    const Tensor d = ops::subtract(decoded.to(DType::f32), images.to(decoded.device(), DType::f32));
    Tensor error = ops::add(scaled(square(d), terms.square), scaled(ops::absolute(d), terms.absolute));
    if (weight) {
        require_shape("weight", weight, {images.size(0), 1, images.size(2), images.size(3)});
        error = ops::multiply(error, weight.to(decoded.device(), DType::f32));
    }
    const Tensor edges = ops::add(row_mean(ops::absolute(neighbours(d, 2))), row_mean(ops::absolute(neighbours(d, 3))));
    return ops::add(row_mean(error), scaled(edges, terms.edges));
}

Tensor kl_loss(const Tensor& mean, const Tensor& logvar) {
    require_shape("logvar", logvar, mean.shape());
    const Tensor m = mean.to(DType::f32), l = logvar.to(DType::f32);
    const Tensor spread = ops::subtract(ops::subtract(ops::exp(l), l), Tensor::scalar(1.0F));
    return row_mean(scaled(ops::add(square(m), spread), 0.5F));
}

Tensor sample(const Tensor& mean, const Tensor& logvar, const Tensor& noise) {
    require_shape("logvar", logvar, mean.shape());
    require_shape("noise", noise, mean.shape());
    const Tensor deviation = ops::exp(scaled(logvar.to(DType::f32), 0.5F));
    return ops::add(mean.to(DType::f32), ops::multiply(deviation, noise.to(mean.device(), DType::f32)));
}

Tensor cross_entropy_loss(const Tensor& logits, const Tensor& target) {
    require_shape("logits", logits, {-1, -1});
    require_shape("target", target, logits.shape());
    return ops::cross_entropy(logits.to(DType::f32), target.to(logits.device(), DType::f32));
}

Tensor cosine_loss(const Tensor& a, const Tensor& b) {
    require_shape("a", a, {-1, -1});
    require_shape("b", b, a.shape());
    const Tensor cosine = ops::sum_last(ops::multiply(a.to(DType::f32), b.to(a.device(), DType::f32)));
    return ops::subtract(Tensor::scalar(1.0F), ops::reshape(cosine, {a.size(0)}));
}

}  // namespace irs
