// irs_dinov2_*
#include "abi/checked.h"

using namespace irs;

irs_status irs_dinov2_create(irs_dinov2** out, const irs_dinov2_config* config, irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        *out = new irs_dinov2(checked(config, "config"), value(weights, "weights"));
    });
}

irs_status irs_dinov2_embed(irs_tensor** out, const irs_dinov2* dinov2, const irs_tensor* pixels) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, value(dinov2, "dinov2")(value(pixels, "pixels")));
    });
}

irs_status irs_dinov2_preprocess(irs_tensor** out, const irs_tensor* images, int32_t edge) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, dinov2_pixels(value(images, "images"), edge));
    });
}

void irs_dinov2_free(irs_dinov2* dinov2) { delete dinov2; }
