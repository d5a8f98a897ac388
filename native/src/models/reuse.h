// Velocities that leave out most blocks where the first one says that little has changed since the last step: a stated
// lossy tier. What the first block adds to img is compared with what it added when all blocks last ran; within the
// threshold, what the others added then is added again. (The first-block cache of ParaAttention and diffusers
// (hooks/first_block_cache.py); for text it needs nothing, as the velocity reads img alone.)
#pragma once

#include "models/guided.h"

namespace irs {

// For each row; guided rows decide for both their halves.
struct Reuse {
    // What the row's last step left: (halves, 2, T, d) of what the first block and the others added, or empty.
    std::vector<Tensor> last;
    // Mean |difference| over mean |last| up to which the others are left out, 0 or more.
    float threshold;
    // Set by the forward: what the next step takes as `last`, and whether this one left blocks out.
    std::vector<Tensor> features{};
    std::vector<bool> reused{};
};

// As guided_velocity().
Tensor reusing_velocity(const Flux& flux, const Tensor& img, const Rows& rows, Reuse& reuse);

}  // namespace irs
