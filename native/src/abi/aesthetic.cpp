// irs_aesthetic_*
#include "abi/checked.h"
#include "models/checks.h"

using namespace irs;

irs_status irs_aesthetic_create(irs_aesthetic** out, int32_t layers, const char* const* names, const int32_t* widths,
                                irs_weights* weights) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        checked(names, "names");
        checked(widths, "widths");
        require_positive("layers", layers);
        std::vector<std::string> all;
        for (int32_t i = 0; i < layers; i++) all.emplace_back(&checked(names[i], "name"));
        *out = new irs_aesthetic(all, std::vector<int64_t>(widths, widths + layers + 1), value(weights, "weights"));
    });
}

irs_status irs_aesthetic_score(irs_tensor** out, const irs_aesthetic* aesthetic, const irs_tensor* embeddings) {
    return guard([&] {
        const NoGrad no_grad;
        checked(out, "out");
        publish(out, value(aesthetic, "aesthetic")(value(embeddings, "embeddings")));
    });
}

void irs_aesthetic_free(irs_aesthetic* aesthetic) { delete aesthetic; }
