#include "schedule.h"

#include <irscale.h>

#include <cmath>
#include <cstring>

namespace gpu_check {

namespace {

// NumPy's linspace(1, 1 / steps, steps), rounded to float32.
std::vector<float> levels(int32_t steps) {
    std::vector<float> out;
    const double last = 1.0 / steps, by = steps == 1 ? 0 : (last - 1) / (steps - 1);
    for (int32_t i = 0; i < steps; i++) out.push_back(static_cast<float>(i == steps - 1 && steps > 1 ? last : 1 + i * by));
    return out;
}

float rounded(float value, int32_t dtype) {
    if (dtype != IRS_DTYPE_BF16) return value;
    uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    bits = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000; // to nearest, ties to even
    std::memcpy(&value, &bits, sizeof bits);
    return value;
}

}  // namespace

std::vector<float> dynamic_sigmas(int32_t steps, int64_t tokens) {
    const double slope = (1.15 - 0.5) / (4096 - 256), mu = static_cast<double>(tokens) * slope + (0.5 - slope * 256);
    const auto shift = static_cast<float>(std::exp(mu));
    std::vector<float> out;
    for (const float sigma : levels(steps)) out.push_back(shift / (shift + (1 / sigma - 1)));
    out.push_back(0);
    return out;
}

std::vector<float> static_sigmas(int32_t steps) {
    std::vector<float> out = levels(steps); // a shift of 1 moves nothing
    out.push_back(0);
    return out;
}

std::vector<float> timestep_inputs(const std::vector<float>& sigmas, int32_t dtype) {
    std::vector<float> out;
    for (size_t i = 0; i + 1 < sigmas.size(); i++) out.push_back(rounded(rounded(sigmas[i] * 1000, dtype) / 1000, dtype));
    return out;
}

}  // namespace gpu_check
