// irs_flux_*, irs_plan_*
#include <cmath>

#include "abi/adapters.h"
#include "abi/rows.h"
#include "models/checks.h"
#include "models/reuse.h"

using namespace irs;

namespace {

constexpr int32_t kMaxSteps = 10000;

Trace* trace_of(irs_trace* trace) { return trace == nullptr ? nullptr : &trace->value; }

void require_timesteps(const float* timesteps, int32_t steps) {
    require(steps >= 1 && steps <= kMaxSteps, "steps is ", steps, ", expected 1 to ", kMaxSteps);
    checked(timesteps, "timesteps");
    for (int32_t i = 0; i < steps; i++) {
        require(timesteps[i] >= 0.0F && timesteps[i] <= 1.0F, "timestep ", i, " is ", timesteps[i],
                ", expected [0, 1]");
    }
}

}  // namespace

irs_status irs_flux_create(irs_flux** out, const irs_flux_config* config, irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        *out = new irs_flux(checked(config, "config"), value(weights, "weights"));
    });
}

void irs_flux_free(irs_flux* flux) { delete flux; }

irs_status irs_flux_merge(irs_flux* flux, int32_t n_loras, const irs_lora* const* loras, const float* scales,
                          int32_t weights) {
    return guard([&] {
        const NoGrad no_grad;
        value(flux, "flux").merge(adapters_of(n_loras, loras, scales), weights != 0);
    });
}

irs_status irs_flux_parameter(irs_tensor** out, irs_flux* flux, const char* name) {
    return guard([&] {
        checked(out, "out");
        publish(out, parameter_of(value(flux, "flux").adaptable(), name));
    });
}

irs_status irs_plan_create(irs_plan** out, irs_flux* flux, const irs_tensor* txt, const irs_tensor* vec,
                           float guidance, int32_t steps, const float* timesteps, int32_t positions,
                           const float* ids, int32_t n_loras, const irs_lora* const* loras, const float* scales,
                           irs_trace* trace) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        Flux& model = value(flux, "flux");
        const Tensor &text = value(txt, "txt"), &pooled = value(vec, "vec");
        require_shape("txt", text, {-1, -1, model.config().joint_dim});
        const int64_t prompts = text.size(0);
        require(prompts == 1 || (prompts == steps && prompts > 0), "txt has shape ", to_string(text.shape()),
                ", expected 1 prompt, or one for each of the ", steps, " timesteps");
        require_shape("vec", pooled, {prompts, model.config().pooled_dim});
        require(std::isfinite(guidance), "guidance is ", guidance, ", expected a finite number");
        require_timesteps(timesteps, steps);
        require(positions > text.size(1), "positions is ", positions, ", expected more than the ", text.size(1),
                " txt tokens");
        checked(ids, "ids");
        const std::shared_ptr<const Adapters> adapters = model.run_time(adapters_of(n_loras, loras, scales));
        *out = new irs_plan(model, text, pooled, guidance, std::vector<float>(timesteps, timesteps + steps), ids,
                            positions, adapters, trace_of(trace));
    });
}

irs_status irs_plan_bytes(int64_t* out, const irs_plan* plan) {
    return guard([&] { checked(out, "out") = value(plan, "plan").bytes; });
}

void irs_plan_free(irs_plan* plan) { delete plan; }

irs_status irs_flux_fp8(irs_flux* flux, int32_t on) {
    return guard([&] {
        const NoGrad no_grad;
        value(flux, "flux").set_fp8(on != 0);
    });
}

irs_status irs_flux_velocity_reusing(irs_tensor** velocity, irs_tensor** features, int32_t* reused, const irs_flux* flux,
                                     const irs_tensor* img, int32_t n, const irs_plan* const* plans, const int32_t* steps,
                                     const irs_plan* const* negatives, const float* true_cfg,
                                     const irs_tensor* const* last, float threshold) {
    return guard([&] {
        const NoGrad no_grad;
        checked(velocity, "velocity");
        checked(features, "features");
        checked(reused, "reused");
        checked(last, "last");
        const Rows rows = rows_of(n, plans, steps, negatives, true_cfg);
        Reuse reuse{{}, threshold};
        for (int32_t i = 0; i < n; i++) reuse.last.push_back(last[i] == nullptr ? Tensor() : last[i]->value);
        const Tensor out = reusing_velocity(value(flux, "flux"), value(img, "img"), rows, reuse);
        std::vector<std::unique_ptr<irs_tensor>> handles;
        for (const Tensor& each : reuse.features) handles.push_back(std::make_unique<irs_tensor>(each));
        publish(velocity, out);
        for (size_t i = 0; i < handles.size(); i++) {
            features[i] = handles[i].release();
            reused[i] = reuse.reused[i] ? 1 : 0;
        }
    });
}

irs_status irs_flux_velocity(irs_tensor** velocity, const irs_flux* flux, const irs_tensor* img, int32_t n,
                             const irs_plan* const* plans, const int32_t* steps, const irs_plan* const* negatives,
                             const float* true_cfg, irs_trace* trace) {
    return guard([&] {
        const Recorded mode;
        checked(velocity, "velocity");
        const Flux& model = value(flux, "flux");
        const Rows rows = rows_of(n, plans, steps, negatives, true_cfg);
        require(trace == nullptr || negatives == nullptr, "a trace records one forward; pass no negatives with it");
        publish(velocity, trace == nullptr ? guided_velocity(model, value(img, "img"), rows)
                                           : model.velocity(value(img, "img"), rows.rows, trace_of(trace)));
    });
}
