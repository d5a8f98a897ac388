// irs_noise_fill, irs_latents_*
#include "abi/checked.h"
#include "latents.h"
#include "noise.h"

using namespace irs;

irs_status irs_noise_fill(float* out, int64_t count, uint64_t seed) {
    return guard([&] {
        require(count >= 0 && (out != nullptr || count == 0), "noise of ", count, " values into ",
                static_cast<const void*>(out));
        noise_fill(out, count, seed);
    });
}

irs_status irs_latents_pack(irs_tensor** out, const irs_tensor* latents) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, pack(value(latents, "latents")));
    });
}

irs_status irs_latents_unpack(irs_tensor** out, const irs_tensor* packed, int32_t height, int32_t width) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        publish(out, unpack(value(packed, "packed"), height, width));
    });
}

irs_status irs_latents_euler(irs_tensor* img, const irs_tensor* velocity, int32_t n, const float* dsigma) {
    return guard([&] {
        const NoGrad no_grad;
        require(n > 0 && dsigma != nullptr, "dsigma has ", n, " entries, expected one a row");
        euler(value(img, "img"), value(velocity, "velocity"), std::vector<float>(dsigma, dsigma + n));
    });
}

irs_status irs_latents_combine(irs_tensor** out, const irs_tensor* x, const irs_tensor* v, const irs_tensor* z,
                               int32_t n, const float* a, const float* b, const float* c) {
    return guard([&] {
        const Recorded mode;
        checked(out, "out");
        require(n > 0, "a sum has ", n, " rows, expected at least 1");
        const auto term = [&](const char* name, const irs_tensor* tensor, const float* factors) {
            checked(factors, "a, b or c");
            return Term{name, tensor == nullptr ? nullptr : &tensor->value, std::vector<float>(factors, factors + n)};
        };
        value(x, "x");
        publish(out, combine(term("x", x, a), term("v", v, b), term("z", z, c)));
    });
}

irs_status irs_latents_reduce(irs_tensor** out, const irs_tensor* latents, int32_t factor) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, reduce(value(latents, "latents"), factor));
    });
}
