#include "parity.h"

#include <stdexcept>
#include <utility>

#include "parity_stage.h"

namespace gpu_check {

std::vector<std::string> parity_stages(const std::string& goldens) {
    std::vector<std::string> out{"inputs", "text", "transformer", "vae", "clip", "lora"};
    const GoldenFolder folder(goldens);
    for (const GoldenRun& run : folder.runs()) out.push_back("run-" + run.name);
    return out;
}

void run_parity(const std::string& stage, const std::string& goldens, int32_t device, Rows& rows) {
    Stage all(goldens, device, rows);
    if (starts_with(stage, "run-")) return all.run(stage.substr(4));
    const std::pair<const char*, void (Stage::*)()> known[] = {{"inputs", &Stage::inputs}, {"text", &Stage::text},
                                                               {"transformer", &Stage::transformer}, {"vae", &Stage::vae},
                                                               {"clip", &Stage::clip}, {"lora", &Stage::lora}};
    for (const auto& [name, work] : known) {
        if (stage == name) return (all.*work)();
    }
    throw std::runtime_error("no stage is called " + stage);
}

}  // namespace gpu_check
