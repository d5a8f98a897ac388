// The rows of a batch as they come over the C boundary.
#pragma once

#include "abi/checked.h"
#include "models/guided.h"

namespace irs {

// negatives and true_cfg are NULL where no row is guided.
inline Rows rows_of(int32_t n, const irs_plan* const* plans, const int32_t* steps, const irs_plan* const* negatives,
                    const float* true_cfg) {
    require(n > 0, "a forward has ", n, " rows, expected at least 1");
    checked(plans, "plans");
    checked(steps, "steps");
    if (negatives != nullptr) checked(true_cfg, "true_cfg");
    Rows out;
    for (int32_t i = 0; i < n; i++) {
        const irs_plan* negative = negatives == nullptr ? nullptr : negatives[i];
        out.rows.push_back({&value(plans[i], "plan"), steps[i]});
        out.negatives.push_back(negative == nullptr ? nullptr : &negative->value);
        out.true_cfg.push_back(negative == nullptr ? 1.0F : true_cfg[i]);
    }
    return out;
}

}  // namespace irs
