// The noise levels of FLUX.1's scheduler (diffusers scheduling_flow_match_euler_discrete.py, set_timesteps), in the precision
// that the reference has: float32 after every operation.
#pragma once

#include <cstdint>
#include <vector>

namespace gpu_check {

// `steps` levels from 1 down, then 0.
std::vector<float> dynamic_sigmas(int32_t steps, int64_t tokens);  // FLUX.1-dev: base_shift .5 at 256, max_shift 1.15 at 4096
std::vector<float> static_sigmas(int32_t steps);                   // FLUX.1-schnell: shift 1

// What the transformer receives at each step: the timestep rounded to the dtype, over 1000, rounded again
// (pipeline_flux.py).
std::vector<float> timestep_inputs(const std::vector<float>& sigmas, int32_t dtype);

}  // namespace gpu_check
