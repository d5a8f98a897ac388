// Ids and schedules, which need no device.
#include <cstdio>

#include "parity_stage.h"
#include "schedule.h"

namespace gpu_check {

void Stage::inputs() {
    tokenizers();
    schedules();
    const auto as_floats = [](const std::vector<int64_t>& ids) { return std::vector<float>(ids.begin(), ids.end()); };
    comparisons_.attempt("token_ids", [&] {
        const std::string t5 = "t5_" + std::to_string(goldens_.text_tokens());
        comparisons_.compare("token_ids", "clip_ids", "", tolerance::kExact, as_floats(goldens_.ids(goldens_.prompts(), "clip_77")));
        comparisons_.compare("token_ids", "t5_ids", "", tolerance::kExact, as_floats(goldens_.ids(goldens_.prompts(), t5)));
        comparisons_.compare("clip", "text_ids", "", tolerance::kExact, as_floats(goldens_.ids(goldens_.captions(), "clip_77")));
    });
}

// The ids that irscale's tokenizers gave where it was built, against transformers'.
void Stage::tokenizers() {
    const std::string file = goldens_.shared("tokenizers.json");
    if (file.empty()) return;
    comparisons_.attempt("tokenizers", [&] {
        const Json prompts = Json::read(file);
        for (const auto& [kind, ids] : prompts.items().at(0).fields()) {
            if (kind == "text") continue;
            std::string wrong;
            for (const Json& prompt : prompts.items()) {
                std::vector<int64_t> golden;
                for (const Json& id : prompt.at(kind).items()) golden.push_back(static_cast<int64_t>(id.number()));
                const std::string& text = prompt.at("text").text();
                if (goldens_.ids(text, kind) != golden) wrong += (wrong.empty() ? "" : ", ") + ("'" + text + "'");
            }
            comparisons_.told("tokenizers/" + kind + " (" + std::to_string(prompts.items().size()) + " prompts)", wrong.empty(),
                              wrong.empty() ? "" : "other ids of " + wrong);
        }
    });
}

void Stage::schedules() {
    if (goldens_.shared("scheduler.safetensors").empty()) return;
    for (const auto& [name, golden] : goldens_.file("scheduler").tensors()) {
        int steps = 0, tokens = 0;
        const std::string of = name.substr(name.find('.') + 1);
        std::vector<float> sigmas;
        if (std::sscanf(of.c_str(), "n%d.l%d", &steps, &tokens) == 2) {
            sigmas = dynamic_sigmas(steps, tokens);
        } else if (std::sscanf(of.c_str(), "schnell.n%d", &steps) == 1) {
            sigmas = static_sigmas(steps);
        } else {
            comparisons_.told("scheduler/" + name, false, "unknown tensor");
            continue;
        }
        if (starts_with(name, "timesteps")) {
            sigmas.pop_back();
            for (float& sigma : sigmas) sigma *= 1000;
        }
        comparisons_.compare("scheduler", name, "", tolerance::kExact, sigmas);
    }
}

}  // namespace gpu_check
