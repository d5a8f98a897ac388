// LoRAs on the transformer's forward, at run time and merged.
#include <algorithm>
#include <cstdlib>

#include "parity_stage.h"

namespace gpu_check {

namespace {

// The LoRAs that a tensor's name calls for: a-0.7+b-1.3 is lora-a at 0.7 and lora-b at 1.3.
std::vector<std::pair<std::string, float>> parts_of(const std::string& name) {
    std::vector<std::pair<std::string, float>> out;
    size_t begin = 0;
    while (begin < name.size()) {
        const size_t end = std::min(name.find('+', begin), name.size());
        const std::string part = name.substr(begin, end - begin);
        if (part.size() > 2 && part[1] == '-') out.emplace_back(part.substr(0, 1), std::strtof(part.c_str() + 2, nullptr));
        begin = end + 1;
    }
    return out;
}

}  // namespace

void Stage::lora_forward(const Base& base, const std::string& name, bool merged) {
    std::vector<Lora> owned;
    std::vector<AppliedLora> applied;
    for (const auto& [letter, scale] : parts_of(name == "a-fused" ? "a-1.0" : name)) {
        owned.push_back(read_lora(goldens_.path("lora-" + letter), {device_, IRS_DTYPE_F32}));
        applied.push_back({owned.back().get(), scale});
    }
    const std::string run = std::string("run-") + kBase;
    if (merged) merge(flux_.get(), applied);
    const Plans all = plans(golden_embeddings(run, IRS_DTYPE_F32), base, merged ? std::vector<AppliedLora>{} : applied);
    const Tensor out = velocity(flux_, load(run, "latents.init", IRS_DTYPE_F32), all.all, kStep);
    comparisons_.compare("lora", name, merged ? "merged" : "run time", tolerance::kTruth, out);
}

void Stage::lora() {
    open_flux(IRS_DTYPE_F32);
    const Base base = base_of(goldens_.run(kBase));
    const std::string weight = "merged.";
    for (const auto& [name, golden] : goldens_.file("lora").tensors()) {
        comparisons_.attempt("lora/" + name, [&, name = name] {
            if (starts_with(name, weight)) {
                const Lora a = read_lora(goldens_.path("lora-a"), {device_, IRS_DTYPE_F32});
                merge(flux_.get(), {{a.get(), 1}});
                const std::string parameter = name.substr(weight.size()) + ".weight";
                comparisons_.compare("lora", name, "", tolerance::kTruth,
                                     make<Tensor>(irs_flux_parameter, flux_.get(), parameter.c_str()));
            } else {
                if (name != "a-fused") lora_forward(base, name, false);
                lora_forward(base, name, true);
            }
        });
        merge(flux_.get(), {});
    }
}

}  // namespace gpu_check
