// irs_clip_*, irs_cosine
#include "abi/adapters.h"
#include "models/checks.h"
#include "models/clip_preprocessing.h"
#include "torch/ops.h"

using namespace irs;

irs_status irs_clip_create(irs_clip** out, const irs_clip_config* config, irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        *out = new irs_clip(checked(config, "config"), value(weights, "weights"));
    });
}

irs_status irs_clip_encode_text(irs_tensor** hidden, irs_tensor** pooled, const irs_clip* clip, int32_t n,
                                int32_t tokens, const int64_t* ids) {
    return guard([&] {
        const Recorded mode;
        checked(hidden, "hidden");
        checked(pooled, "pooled");
        const Clip::Text text = value(clip, "clip").encode_text(n, tokens, ids);
        auto first = std::make_unique<irs_tensor>(text.hidden);
        publish(pooled, text.pooled);
        *hidden = first.release();
    });
}

irs_status irs_clip_embed_text(irs_tensor** out, const irs_clip* clip, int32_t n, int32_t tokens,
                               const int64_t* ids) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, value(clip, "clip").embed_text(n, tokens, ids));
    });
}

irs_status irs_clip_embed_image(irs_tensor** out, const irs_clip* clip, const irs_tensor* pixels) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, value(clip, "clip").embed_image(value(pixels, "pixels")));
    });
}

irs_status irs_clip_logit_scale(double* out, const irs_clip* clip) {
    return guard([&] { checked(out, "out") = value(clip, "clip").logit_scale(); });
}

irs_status irs_clip_preprocess(irs_tensor** out, const irs_tensor* images, const irs_clip_preprocessing* config) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, ClipPreprocessing(checked(config, "config")).of_file(value(images, "images")));
    });
}

irs_status irs_cosine(irs_tensor** out, const irs_tensor* a, const irs_tensor* b) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        const Tensor left = value(a, "a").to(DType::f32), right = value(b, "b").to(DType::f32);
        require_shape("a", left, {-1, -1});
        require_shape("b", right, {-1, left.size(1)});
        publish(out, ops::matmul(left, ops::transpose(right, 0, 1)));
    });
}

irs_status irs_clip_merge(irs_clip* clip, int32_t n_loras, const irs_lora* const* loras, const float* scales) {
    return guard([&] {
        const Recorded mode;
        merge(value(clip, "clip").adaptable(), adapters_of(n_loras, loras, scales), true);
    });
}

irs_status irs_clip_parameter(irs_tensor** out, irs_clip* clip, const char* name) {
    return guard([&] {
        checked(out, "out");
        publish(out, parameter_of(value(clip, "clip").adaptable(), name));
    });
}

void irs_clip_free(irs_clip* clip) { delete clip; }
