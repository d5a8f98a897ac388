// irs_reward_*
#include "abi/rows.h"

using namespace irs;

namespace {

std::vector<float> copy_of(const float* values, int32_t n, const char* name) {
    checked(values, name);
    return std::vector<float>(values, values + n);
}

}  // namespace

irs_status irs_reward_create(irs_reward** out, const irs_vae* vae, const irs_clip* clip,
                             const irs_clip_preprocessing* preprocessing) {
    return guard([&] {
        checked(out, "out");
        const ClipPreprocessing prepared(checked(preprocessing, "preprocessing"));
        *out = new irs_reward(value(vae, "vae"), value(clip, "clip"), prepared);
    });
}

irs_status irs_reward_gradient(irs_tensor** gradient, float* scores, const irs_reward* reward, const irs_tensor* x0,
                               int32_t height, int32_t width, const irs_tensor* text) {
    return guard([&] {
        const NoGrad no_grad;
        checked(gradient, "gradient");
        checked(scores, "scores");
        const Reward::Result result =
            value(reward, "reward").of_x0(value(x0, "x0"), height, width, value(text, "text"));
        publish(gradient, result.gradient);
        std::copy(result.scores.begin(), result.scores.end(), scores);
    });
}

irs_status irs_reward_gradient_full(irs_tensor** gradient, irs_tensor** velocity, float* scores,
                                    const irs_reward* reward, const irs_flux* flux, const irs_tensor* x, int32_t n,
                                    const irs_plan* const* plans, const int32_t* steps,
                                    const irs_plan* const* negatives, const float* true_cfg, const float* sigma,
                                    int32_t height, int32_t width, const irs_tensor* text) {
    return guard([&] {
        const NoGrad no_grad;
        checked(gradient, "gradient");
        checked(velocity, "velocity");
        checked(scores, "scores");
        const Rows rows = rows_of(n, plans, steps, negatives, true_cfg);
        const Reward::Result result =
            value(reward, "reward")
                .of_x(value(flux, "flux"), value(x, "x"), rows, copy_of(sigma, n, "sigma"), height, width,
                      value(text, "text"));
        auto first = std::make_unique<irs_tensor>(result.gradient);
        publish(velocity, result.velocity);
        *gradient = first.release();
        std::copy(result.scores.begin(), result.scores.end(), scores);
    });
}

void irs_reward_free(irs_reward* reward) { delete reward; }
