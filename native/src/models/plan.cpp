#include "models/plan.h"

#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "torch/ops.h"

namespace irs {

namespace {

constexpr int64_t kComplexBytes = 2 * sizeof(float);

// (1, positions, 1, head_dim / 2) complex: angles in f64, stored f32 (FluxPosEmbed, theta 10000).
Tensor rope_table(const irs_flux_config& config, const float* ids, int64_t positions, Device device, Trace* trace) {
    const int64_t dim = config.head_dim;
    std::vector<float> turns, cosines, sines;
    for (int64_t p = 0; p < positions; p++) {
        for (int axis = 0; axis < 3; axis++) {
            const double position = ids[p * 3 + axis];
            for (int32_t i = 0; i < config.axes[axis]; i += 2) {
                const double angle = position / std::pow(10000.0, static_cast<double>(i) / config.axes[axis]);
                const auto c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
                turns.insert(turns.end(), {c, s});
                if (trace == nullptr) continue;
                cosines.insert(cosines.end(), {c, c});
                sines.insert(sines.end(), {s, s});
            }
        }
    }
    if (trace != nullptr) {
        trace->put("rope.cos", Tensor::of(cosines, {positions, dim}, device));
        trace->put("rope.sin", Tensor::of(sines, {positions, dim}, device));
    }
    return ops::as_complex(Tensor::of(turns, {1, positions, 1, dim / 2, 2}, device));
}

}  // namespace

Plan::Plan(const Flux& model, const Tensor& text, const Tensor& vec, float guidance,
           const std::vector<float>& timesteps, const float* ids, int64_t positions,
           std::shared_ptr<const Adapters> unmerged, Trace* trace)
    : flux(&model),
      adapters(std::move(unmerged)),
      txt_tokens(text.size(1)),
      img_tokens(positions - text.size(1)),
      steps(static_cast<int32_t>(timesteps.size())),
      txt(model.embed_txt(text.to(model.device(), model.dtype()), *adapters)),
      temb(model.time_text_embed(timesteps, guidance, vec.to(model.device(), model.dtype()), *adapters)),
      modulations(model.modulations(temb, *adapters)),
      rope(rope_table(model.config(), ids, positions, model.device(), trace)),
      bytes((txt.numel() + temb.numel() + modulations.numel()) * element_size(model.dtype()) +
            rope.numel() * kComplexBytes) {
    if (trace != nullptr) trace->put("temb", temb);
}

}  // namespace irs
