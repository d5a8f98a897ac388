// irs_siglip_*
#include "abi/checked.h"

using namespace irs;

irs_status irs_siglip_create(irs_siglip** out, const irs_siglip_config* config, irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        *out = new irs_siglip(checked(config, "config"), value(weights, "weights"));
    });
}

irs_status irs_siglip_embed_text(irs_tensor** out, const irs_siglip* siglip, int32_t n, int32_t tokens,
                                 const int64_t* ids) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, value(siglip, "siglip").embed_text(n, tokens, ids));
    });
}

irs_status irs_siglip_embed_image(irs_tensor** out, const irs_siglip* siglip, const irs_tensor* pixels) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, value(siglip, "siglip").embed_image(value(pixels, "pixels")));
    });
}

irs_status irs_siglip_probabilities(irs_tensor** out, const irs_siglip* siglip, const irs_tensor* images,
                                    const irs_tensor* texts) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, value(siglip, "siglip").probabilities(value(images, "images"), value(texts, "texts")));
    });
}

irs_status irs_siglip_preprocess(irs_tensor** out, const irs_tensor* images, int32_t height, int32_t width,
                                 const double* mean, const double* std) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        checked(mean, "mean");
        checked(std, "std");
        publish(out, naflex_pixels(value(images, "images"), height, width, mean, std));
    });
}

void irs_siglip_free(irs_siglip* siglip) { delete siglip; }
