// All parts of a run, one after another.
#pragma once

#include "settings.h"

namespace gpu_check {

// Writes OUT/parts/<part>.json after each, then OUT/gpu.json and OUT/gpu.md; parts that an earlier run has done well are left.
// Returns 0, or 1 where something failed.
int run_all(const Settings& settings);

}  // namespace gpu_check
