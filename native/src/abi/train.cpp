// irs_recording_*, irs_loss_*, irs_adamw_*, and what training asks of weights, LoRAs and the VAE
#include "abi/rows.h"
#include "models/checks.h"
#include "torch/gradient.h"
#include "torch/ops.h"
#include "train/checkpointed.h"
#include "train/losses.h"
#include "train/parameters.h"

using namespace irs;

int32_t irs_recording_set(int32_t enabled) {
    const bool before = recording();
    set_recording(enabled != 0);
    return before ? 1 : 0;
}

irs_status irs_weights_train(irs_weights* weights) {
    return guard([&] { make_trainable(value(weights, "weights")); });
}

irs_status irs_weights_initialize(irs_weights* weights, uint64_t seed) {
    return guard([&] { value(weights, "weights").seed = seed; });
}

irs_status irs_weights_count(int32_t* out, const irs_weights* weights) {
    return guard([&] {
        checked(out, "out");
        *out = static_cast<int32_t>(value(weights, "weights").tensors.size());
    });
}

irs_status irs_weights_name(const char** out, const irs_weights* weights, int32_t index) {
    return guard([&] {
        checked(out, "out");
        const auto& tensors = value(weights, "weights").tensors;
        require(index >= 0 && index < static_cast<int32_t>(tensors.size()), "index is ", index, ", expected [0, ",
                tensors.size(), ")");
        *out = std::next(tensors.begin(), index)->first.c_str();
    });
}

irs_status irs_weights_get(irs_tensor** out, const irs_weights* weights, const char* name) {
    return guard([&] {
        checked(out, "out");
        const std::string key = &checked(name, "name");
        const auto& tensors = value(weights, "weights").tensors;
        const auto found = tensors.find(key);
        require(found != tensors.end(), "no weight is called ", key);
        publish(out, found->second);
    });
}

irs_status irs_lora_train(irs_lora** out, const irs_weights* factors, int32_t dtype, double scale, float dropout,
                          uint64_t seed) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        const DType type = model_dtype(dtype);
        require(dropout >= 0.0F && dropout < 1.0F, "dropout is ", dropout, ", expected [0, 1)");
        *out = new irs_lora(lora_of(value(factors, "factors"), type, scale, dropout, seed));
    });
}

irs_status irs_loss_flow(irs_tensor** out, const irs_tensor* velocity, const irs_tensor* x0, const irs_tensor* noise) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, flow_loss(value(velocity, "velocity"), value(x0, "x0"), value(noise, "noise")));
    });
}

irs_status irs_loss_flow_checkpointed(irs_tensor** out, const irs_flux* flux, const irs_tensor* img, int32_t n,
                                      const irs_plan* const* plans, const int32_t* steps, const irs_tensor* x0,
                                      const irs_tensor* noise, const float* shares) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        const Rows rows = rows_of(n, plans, steps, nullptr, nullptr);
        checked(shares, "shares");
        publish(out, checkpointed_flow_loss(value(flux, "flux"), value(img, "img"), rows.rows, value(x0, "x0"),
                                            value(noise, "noise"), std::vector<float>(shares, shares + n)));
    });
}

irs_status irs_loss_reconstruction(irs_tensor** out, const irs_tensor* decoded, const irs_tensor* images,
                                   const irs_tensor* weight, float square, float absolute, float edges) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, reconstruction_loss(value(decoded, "decoded"), value(images, "images"),
                                         weight == nullptr ? Tensor() : weight->value, {square, absolute, edges}));
    });
}

irs_status irs_loss_kl(irs_tensor** out, const irs_tensor* mean, const irs_tensor* logvar) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, kl_loss(value(mean, "mean"), value(logvar, "logvar")));
    });
}

irs_status irs_loss_contrastive(irs_tensor** out, const irs_clip* clip, const irs_tensor* a, const irs_tensor* b,
                                const irs_tensor* target) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        const Tensor logits = value(clip, "clip").logits(value(a, "a"), value(b, "b"));
        publish(out, cross_entropy_loss(logits, value(target, "target")));
    });
}

irs_status irs_loss_cosine(irs_tensor** out, const irs_tensor* a, const irs_tensor* b) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, cosine_loss(value(a, "a"), value(b, "b")));
    });
}

irs_status irs_loss_classes(irs_tensor** out, const irs_tensor* features, const irs_tensor* weight,
                            const irs_tensor* bias, const irs_tensor* target) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        const Tensor &x = value(features, "features"), &w = value(weight, "weight"), &b = value(bias, "bias");
        require_shape("features", x, {-1, -1});
        require_shape("weight", w, {-1, x.size(1)});
        require_shape("bias", b, {w.size(0)});
        const Tensor logits = ops::linear(x.to(w.dtype()), w, b);
        publish(out, cross_entropy_loss(logits, value(target, "target")));
    });
}

irs_status irs_loss_sum(irs_tensor** out, int32_t n, const irs_tensor* const* losses, const float* factors) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        require(n > 0 && losses != nullptr && factors != nullptr, "the list of losses has ", n,
                " entries, expected at least 1");
        Tensor sum;
        for (int32_t i = 0; i < n; i++) {
            const Tensor scaled = ops::multiply(value(losses[i], "loss"), Tensor::scalar(factors[i]));
            require_shape("loss", scaled, value(losses[0], "loss").shape());
            sum = sum ? ops::add(sum, scaled) : scaled;
        }
        publish(out, sum);
    });
}

irs_status irs_loss_backward(const irs_tensor* losses, int32_t n, const float* shares) {
    return guard([&] {
        const Tensor& rows = value(losses, "losses");
        checked(shares, "shares");
        require_shape("losses", rows, {n});
        const GradMode graph(true);
        const Tensor factors = Tensor::of(std::vector<float>(shares, shares + n), {n}, rows.device());
        backward(ops::matmul(rows, factors));
    });
}

irs_status irs_vae_sample(irs_tensor** out, const irs_vae* vae, const irs_tensor* mean, const irs_tensor* logvar,
                          const irs_tensor* noise) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, value(vae, "vae").scaled(sample(value(mean, "mean"), value(logvar, "logvar"), value(noise, "noise"))));
    });
}

irs_status irs_tensor_pool(irs_tensor** out, const irs_tensor* x) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        const Tensor& maps = value(x, "x");
        require_shape("x", maps, {-1, -1, -1, -1});
        publish(out, ops::mean_last(ops::reshape(maps, {maps.size(0), maps.size(1), maps.size(2) * maps.size(3)})));
    });
}

irs_status irs_adamw_create(irs_adamw** out, const irs_weights* trainable, int32_t average) {
    return guard([&] {
        checked(out, "out");
        *out = new irs_adamw(value(trainable, "trainable"), average != 0);
    });
}

irs_status irs_adamw_gather(irs_adamw* adamw, float share) {
    return guard([&] { value(adamw, "adamw").gather(share); });
}

irs_status irs_adamw_step(double* norm, irs_adamw* adamw, const irs_adamw_settings* settings) {
    return guard([&] {
        checked(norm, "norm");
        *norm = value(adamw, "adamw").step(checked(settings, "settings"));
    });
}

irs_status irs_adamw_state(irs_tensor** out, const irs_adamw* adamw, const char* name, int32_t kind) {
    return guard([&] {
        checked(out, "out");
        publish(out, value(adamw, "adamw").state(&checked(name, "name"), kind));
    });
}

irs_status irs_adamw_restore(irs_adamw* adamw, const char* name, int32_t kind, const irs_tensor* values) {
    return guard([&] { value(adamw, "adamw").restore(&checked(name, "name"), kind, value(values, "values")); });
}

irs_status irs_adamw_steps(int64_t* out, const irs_adamw* adamw) {
    return guard([&] {
        checked(out, "out");
        *out = value(adamw, "adamw").steps();
    });
}

irs_status irs_adamw_set_steps(irs_adamw* adamw, int64_t steps) {
    return guard([&] { value(adamw, "adamw").set_steps(steps); });
}

void irs_adamw_free(irs_adamw* adamw) { delete adamw; }
