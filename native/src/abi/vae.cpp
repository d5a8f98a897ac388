// irs_vae_*, irs_image_finish
#include "abi/checked.h"

using namespace irs;

irs_status irs_vae_create(irs_vae** out, const irs_vae_config* config, irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        *out = new irs_vae(checked(config, "config"), value(weights, "weights"));
    });
}

irs_status irs_vae_decode(irs_tensor** out, const irs_vae* vae, const irs_tensor* latents) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, value(vae, "vae").decode(value(latents, "latents")));
    });
}

irs_status irs_vae_encode(irs_tensor** mean, irs_tensor** logvar, irs_tensor** latents, const irs_vae* vae,
                          const irs_tensor* images) {
    return guard([&] {
        const Recorded mode;
        checked(mean, "mean");
        checked(logvar, "logvar");
        checked(latents, "latents");
        const Vae::Encoded encoded = value(vae, "vae").encode(value(images, "images"));
        auto first = std::make_unique<irs_tensor>(encoded.mean);
        auto second = std::make_unique<irs_tensor>(encoded.logvar);
        publish(latents, encoded.latents);
        *mean = first.release();
        *logvar = second.release();
    });
}

void irs_vae_free(irs_vae* vae) { delete vae; }

irs_status irs_image_finish(irs_tensor** out, const irs_tensor* decoded) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, image_finish(value(decoded, "decoded")));
    });
}
