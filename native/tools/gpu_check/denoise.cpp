#include "denoise.h"

#include <numeric>

namespace gpu_check {

namespace {

struct Lists {
    std::vector<const irs_lora*> loras;
    std::vector<float> scales;

    explicit Lists(const std::vector<AppliedLora>& applied) {
        for (const AppliedLora& each : applied) {
            loras.push_back(each.lora);
            scales.push_back(each.scale);
        }
    }
    int32_t count() const { return static_cast<int32_t>(loras.size()); }
};

}  // namespace

std::vector<float> position_ids(int64_t text_tokens, const LatentShape& shape) {
    std::vector<float> ids(static_cast<size_t>(text_tokens * 3), 0);
    for (int32_t row = 0; row < shape.height / 2; row++) {
        for (int32_t column = 0; column < shape.width / 2; column++) {
            ids.insert(ids.end(), {0, static_cast<float>(row), static_cast<float>(column)});
        }
    }
    return ids;
}

std::vector<uint64_t> first_seeds(int32_t n) {
    std::vector<uint64_t> seeds(static_cast<size_t>(n));
    std::iota(seeds.begin(), seeds.end(), 0);
    return seeds;
}

Tensor packed_noise(const std::vector<uint64_t>& seeds, const LatentShape& shape, int32_t device, int32_t dtype) {
    std::vector<float> values;
    for (const uint64_t seed : seeds) {
        std::vector<float> one(static_cast<size_t>(shape.elements()));
        check(irs_noise_fill(one.data(), shape.elements(), seed));
        values.insert(values.end(), one.begin(), one.end());
    }
    const auto n = static_cast<int64_t>(seeds.size());
    const Tensor latents = tensor_of(values, {n, shape.channels, shape.height, shape.width}, IRS_CPU);
    const Tensor packed = make<Tensor>(irs_latents_pack, latents.get());
    return make<Tensor>(irs_tensor_convert, packed.get(), device, dtype);
}

Plan make_plan(irs_flux* flux, const Tensor& txt, const Tensor& vec, float guidance, const std::vector<float>& timesteps,
               const LatentShape& shape, const std::vector<AppliedLora>& loras, irs_trace* trace) {
    const std::vector<float> ids = position_ids(shape_of(txt)[1], shape);
    const Lists lists(loras);
    return make<Plan>(irs_plan_create, flux, txt.get(), vec.get(), guidance, static_cast<int32_t>(timesteps.size()),
                      timesteps.data(), static_cast<int32_t>(ids.size() / 3), ids.data(), lists.count(), lists.loras.data(),
                      lists.scales.data(), trace);
}

void merge(irs_flux* flux, const std::vector<AppliedLora>& loras) {
    const Lists lists(loras);
    check(irs_flux_merge(flux, lists.count(), lists.loras.data(), lists.scales.data(), 1));
}

Tensor velocity(const Flux& flux, const Tensor& img, const std::vector<const irs_plan*>& plans, int32_t step,
                const std::vector<const irs_plan*>& negatives, float true_cfg, irs_trace* trace) {
    const std::vector<int32_t> steps(plans.size(), step);
    const std::vector<float> scales(plans.size(), true_cfg);
    const bool guided = !negatives.empty();
    return make<Tensor>(irs_flux_velocity, flux.get(), img.get(), static_cast<int32_t>(plans.size()), plans.data(), steps.data(),
                        guided ? negatives.data() : nullptr, guided ? scales.data() : nullptr, trace);
}

void euler(const Tensor& img, const Tensor& velocity, float dsigma) {
    const std::vector<float> all(static_cast<size_t>(shape_of(img)[0]), dsigma);
    check(irs_latents_euler(img.get(), velocity.get(), static_cast<int32_t>(all.size()), all.data()));
}

Tensor images_of(const Vae& vae, const Tensor& latents) {
    const Tensor decoded = make<Tensor>(irs_vae_decode, vae.get(), latents.get());
    return make<Tensor>(irs_image_finish, decoded.get());
}

}  // namespace gpu_check
