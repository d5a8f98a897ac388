// What the opaque handles of irscale.h hold. Each counts itself while it lives.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>

#include "lora.h"
#include "models/aesthetic.h"
#include "models/clip.h"
#include "models/dinov2.h"
#include "models/flux.h"
#include "models/inception.h"
#include "models/plan.h"
#include "models/reward.h"
#include "models/siglip.h"
#include "models/t5.h"
#include "models/vae.h"
#include "trace.h"
#include "train/adamw.h"
#include "weights.h"

namespace irs {

inline std::atomic<int64_t> live_objects{0};

template <typename T>
struct Counted {
    template <typename... Arguments>
    explicit Counted(Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {
        live_objects++;
    }
    ~Counted() { live_objects--; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    T value;
};

}  // namespace irs

struct irs_tensor : irs::Counted<irs::Tensor> {
    using Counted::Counted;
};
struct irs_weights : irs::Counted<irs::Weights> {
    using Counted::Counted;
};
struct irs_adamw : irs::Counted<irs::AdamW> {
    using Counted::Counted;
};
struct irs_trace : irs::Counted<irs::Trace> {
    using Counted::Counted;
};
struct irs_lora : irs::Counted<std::shared_ptr<irs::Lora>> {
    using Counted::Counted;
};
struct irs_clip : irs::Counted<irs::Clip> {
    using Counted::Counted;
};
struct irs_siglip : irs::Counted<irs::Siglip> {
    using Counted::Counted;
};
struct irs_aesthetic : irs::Counted<irs::Aesthetic> {
    using Counted::Counted;
};
struct irs_t5 : irs::Counted<irs::T5> {
    using Counted::Counted;
};
struct irs_flux : irs::Counted<irs::Flux> {
    using Counted::Counted;
};
struct irs_plan : irs::Counted<irs::Plan> {
    using Counted::Counted;
};
struct irs_vae : irs::Counted<irs::Vae> {
    using Counted::Counted;
};
struct irs_reward : irs::Counted<irs::Reward> {
    using Counted::Counted;
};
struct irs_inception : irs::Counted<irs::Inception> {
    using Counted::Counted;
};
struct irs_dinov2 : irs::Counted<irs::Dinov2> {
    using Counted::Counted;
};
