// What one prompt, guidance, schedule and image size fix for all candidates and steps.
#pragma once

#include "models/flux.h"

namespace irs {

class Plan {
public:
    // text (1, L, joint_dim), vec (1, pooled_dim), timesteps in [0, 1], ids (positions, 3): txt_ids then img_ids.
    // A training batch has as many texts and vecs as timesteps: its row i is prompt i at timestep i.
    Plan(const Flux& model, const Tensor& text, const Tensor& vec, float guidance, const std::vector<float>& timesteps,
         const float* ids, int64_t positions, std::shared_ptr<const Adapters> unmerged, Trace* trace);

    const Flux* const flux;
    const std::shared_ptr<const Adapters> adapters;  // added at run time to rows of this plan: see Flux::run_time
    const int64_t txt_tokens;
    const int64_t img_tokens;
    const int32_t steps;
    const Tensor txt;          // (1, L, d), embedded; (S, L, d) of a batch
    const Tensor temb;         // (S, d)
    const Tensor modulations;  // (S, columns): see Flux::modulations
    const Tensor rope;         // (1, L + T, 1, head_dim / 2) complex: cos + i sin

    const int64_t bytes;       // of all these tensors

    bool is_batch() const { return txt.size(0) > 1; }
};

}  // namespace irs
