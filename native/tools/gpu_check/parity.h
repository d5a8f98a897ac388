// The stages of the engine against golden tensors, as `irscale parity` does it from Java: the same tensors, comparisons and
// limits.
#pragma once

#include <string>
#include <vector>

#include "rows.h"

namespace gpu_check {

// Of a folder of goldens: inputs, text, transformer, vae, clip, lora, and run-<name> for each run.
std::vector<std::string> parity_stages(const std::string& goldens);

void run_parity(const std::string& stage, const std::string& goldens, int32_t device, Rows& rows);

}  // namespace gpu_check
