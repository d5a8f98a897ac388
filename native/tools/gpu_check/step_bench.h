// The transformer of random weights and its denoising step: a forward and its Euler update.
#pragma once

#include "settings.h"

namespace gpu_check {

class StepBench {
public:
    StepBench(const Settings& settings, int32_t dtype);

    // From now on a batch of images of so many pixels.
    void prepare(int32_t pixels, int32_t batch);

    // Seconds of one, waited for; and in `launched` those until it was asked for.
    double once(double* launched = nullptr);

    // The forward's velocity, to wait by.
    Tensor forward() const;

    void fp8(bool on);
    irs_flux* flux() const { return flux_.get(); }
    const Shapes& shapes() const { return shapes_; }

private:
    Shapes shapes_;
    Place place_;
    Weights weights_;
    Flux flux_;
    Plan plan_;
    Tensor img_;
    std::vector<const irs_plan*> plans_;
};

// A plan without a text, as speed needs none, at these timesteps.
Plan empty_plan(irs_flux* flux, const Shapes& shapes, const LatentShape& latents, const std::vector<float>& timesteps, Place place);

// Operations a second of the fastest product of square matrices.
double fastest_product(const Settings& settings, int32_t dtype);

// Bytes of a device that are taken; of the process at most, on the CPU.
double taken_bytes(int32_t device);

}  // namespace gpu_check
