// irs_inception_*
#include "abi/checked.h"

using namespace irs;

irs_status irs_inception_create(irs_inception** out, irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        *out = new irs_inception(value(weights, "weights"));
    });
}

irs_status irs_inception_embed(irs_tensor** out, const irs_inception* inception, const irs_tensor* pixels) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, value(inception, "inception")(value(pixels, "pixels")));
    });
}

irs_status irs_inception_preprocess(irs_tensor** out, const irs_tensor* images, int32_t clean) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        const Tensor& x = value(images, "images");
        publish(out, clean != 0 ? clean_fid_pixels(x) : pytorch_fid_pixels(x));
    });
}

void irs_inception_free(irs_inception* inception) { delete inception; }
