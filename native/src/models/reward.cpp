#include "models/reward.h"

#include "error.h"
#include "latents.h"
#include "models/checks.h"
#include "torch/gradient.h"
#include "torch/ops.h"

namespace irs {

namespace {

std::vector<float> host(const Tensor& x) {
    const Tensor copy = ops::detach(x).to(Device{}, DType::f32);
    const auto* data = static_cast<const float*>(copy.data());
    return std::vector<float>(data, data + copy.numel());
}

// Rows do not depend on each other, so that the gradient of the sum holds that of every row.
Reward::Result differentiate(const Tensor& scores, const Tensor& by) {
    const Tensor sum = ops::sum_last(ops::reshape(scores, {scores.size(0)}));
    return {gradient(sum, by), host(scores), Tensor()};
}

}  // namespace

Reward::Reward(const Vae& vae, const Clip& clip, const ClipPreprocessing& preprocessing)
    : vae_(vae), clip_(clip), preprocessing_(preprocessing) {
    clip.require_projection();
    require(vae.config().out_channels == 3 && clip.config().image_channels == 3, "the VAE makes ",
            vae.config().out_channels, " channels and CLIP takes ", clip.config().image_channels, ", expected 3");
    require(preprocessing.edge() == clip.config().image_size, "edge is ", preprocessing.edge(),
            ", expected CLIP's image_size ", clip.config().image_size);
}

void Reward::require_inputs(const char* name, const Tensor& x, int64_t height, int64_t width,
                            const Tensor& text) const {
    require(height > 0 && width > 0 && height % 2 == 0 && width % 2 == 0, "latents have size ", height, " x ", width,
            ", expected even sizes");
    require_shape(name, x, {-1, height * width / 4, 4 * int64_t{vae_.config().latent_channels}});
    require(x.size(0) > 0, name, " has no rows");
    require_shape("text", text, {x.size(0), clip_.config().projection});
}

Tensor Reward::score(const Tensor& x0, int64_t height, int64_t width, const Tensor& text) const {
    const Tensor image = image_finish(vae_.decode(unpack(x0, height, width)));
    const Tensor embedding = clip_.embed_image(preprocessing_(image)).to(DType::f32);
    return ops::sum_last(ops::multiply(embedding, text.to(embedding.device(), DType::f32)));
}

Reward::Result Reward::of_x0(const Tensor& x0, int64_t height, int64_t width, const Tensor& text) const {
    require_inputs("x0", x0, height, width, text);
    const GradMode graph(true);
    const Tensor by = leaf(x0);
    return differentiate(score(by, height, width, text), by);
}

Reward::Result Reward::of_x(const Flux& flux, const Tensor& x, const Rows& rows, const std::vector<float>& sigma,
                            int64_t height, int64_t width, const Tensor& text) const {
    require_inputs("x", x, height, width, text);
    require(flux.config().in_channels == flux.config().out_channels, "the transformer takes ",
            flux.config().in_channels, " channels and makes ", flux.config().out_channels, ", expected as many");
    for (size_t i = 0; i < sigma.size(); i++) {
        require(sigma[i] >= 0.0F && sigma[i] <= 1.0F, "sigma of row ", i, " is ", sigma[i], ", expected [0, 1]");
    }
    const GradMode graph(true);
    const Tensor by = leaf(x);
    const Tensor velocity = guided_velocity(flux, by, rows);
    const Tensor t = Tensor::of(sigma, {static_cast<int64_t>(sigma.size()), 1, 1}, by.device());
    const Tensor x0 = ops::subtract(by, ops::multiply(velocity.to(by.device(), DType::f32), t));
    Result out = differentiate(score(x0, height, width, text), by);
    out.velocity = ops::detach(velocity);
    return out;
}

}  // namespace irs
