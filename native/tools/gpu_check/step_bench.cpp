#include "step_bench.h"

#include <sys/resource.h>

#include <numeric>

#include "child.h"

namespace gpu_check {

StepBench::StepBench(const Settings& settings, int32_t dtype)
    : shapes_(shapes_of(settings.shape)), place_{settings.device, dtype}, weights_(random_weights(place_)),
      flux_(make<Flux>(irs_flux_create, static_cast<const irs_flux_config*>(&shapes_.flux), weights_.get())) {}

void StepBench::prepare(int32_t pixels, int32_t batch) {
    const LatentShape shape = shapes_.latents(pixels);
    const auto zeros = [&](const Shape& sizes) {
        return tensor_of(std::vector<float>(static_cast<size_t>(count_of(sizes)), 0), sizes, place_.device, place_.dtype);
    };
    const Tensor txt = zeros({1, shapes_.text_tokens, shapes_.flux.joint_dim}), vec = zeros({1, shapes_.flux.pooled_dim});
    plan_ = make_plan(flux_.get(), txt, vec, 3.5F, {1.0F}, shape);
    plans_.assign(static_cast<size_t>(batch), plan_.get());
    std::vector<uint64_t> seeds(static_cast<size_t>(batch));
    std::iota(seeds.begin(), seeds.end(), 0);
    img_ = packed_noise(seeds, shape, place_.device, IRS_DTYPE_F32);
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
