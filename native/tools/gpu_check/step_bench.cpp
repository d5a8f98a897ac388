#include "step_bench.h"

#include <sys/resource.h>

#include <algorithm>

#include "child.h"

namespace gpu_check {

StepBench::StepBench(const Settings& settings, int32_t dtype)
    : shapes_(shapes_of(settings.shape)), place_{settings.device, dtype}, weights_(random_weights(place_)),
      flux_(make<Flux>(irs_flux_create, static_cast<const irs_flux_config*>(&shapes_.flux), weights_.get())) {}

void StepBench::prepare(int32_t pixels, int32_t batch) {
    const LatentShape shape = shapes_.latents(pixels);
    plan_ = empty_plan(flux_.get(), shapes_, shape, {1.0F}, place_);
    plans_.assign(static_cast<size_t>(batch), plan_.get());
    img_ = packed_noise(first_seeds(batch), shape, place_.device, IRS_DTYPE_F32);
}

Tensor StepBench::forward() const { return velocity(flux_, img_, plans_, 0); }

double StepBench::once(double* launched) {
    const double start = now();
    const Tensor v = forward();
    euler(img_, v, -1e-3F);
    if (launched != nullptr) *launched = now() - start;
    wait_for(v);
    return now() - start;
}

void StepBench::fp8(bool on) { check(irs_flux_fp8(flux_.get(), on ? 1 : 0)); }

Plan empty_plan(irs_flux* flux, const Shapes& shapes, const LatentShape& latents, const std::vector<float>& timesteps, Place place) {
    const Tensor txt = zeros({1, shapes.text_tokens, shapes.flux.joint_dim}, place.device, place.dtype);
    const Tensor vec = zeros({1, shapes.flux.pooled_dim}, place.device, place.dtype);
    return make_plan(flux, txt, vec, 3.5F, timesteps, latents);
}

double fastest_product(const Settings& settings, int32_t dtype) {
    double best = 0;
    for (const int32_t n : shapes_of(settings.shape).matrices) {
        double rate = 0;
        check(irs_matmul_rate(&rate, settings.device, dtype, n, settings.repeats()));
        best = std::max(best, rate);
    }
    return best;
}

double taken_bytes(int32_t device) {
    if (device < 0) {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return 1024.0 * static_cast<double>(usage.ru_maxrss);
    }
    int64_t free_bytes = 0, total = 0;
    check(irs_device_memory(&free_bytes, &total, device));
    return static_cast<double>(total - free_bytes);
}

}  // namespace gpu_check
