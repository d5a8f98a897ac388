// irs_t5_*
#include "abi/checked.h"

using namespace irs;

irs_status irs_t5_create(irs_t5** out, const irs_t5_config* config, irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        *out = new irs_t5(checked(config, "config"), value(weights, "weights"));
    });
}

irs_status irs_t5_encode(irs_tensor** hidden, const irs_t5* t5, int32_t n, int32_t tokens, const int64_t* ids) {
    return guard([&] {
        const Recorded mode;
        checked(hidden, "hidden");
        publish(hidden, value(t5, "t5").encode(n, tokens, ids));
    });
}

void irs_t5_free(irs_t5* t5) { delete t5; }
