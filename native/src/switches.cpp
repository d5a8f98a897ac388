#include "switches.h"

#include <atomic>

#include "tile_rows.h"
#include "error.h"
#include "torch/api.h"

namespace irs {

namespace {

struct Switch {
    const char* name;
    std::atomic<bool> on;
    std::atomic<int64_t> calls{0};
};

// In the order of Kernel.
Switch switches[] = {{"layer_norm_modulate", {true}},
                     {"gated_residual", {true}},
                     {"qk_norm_rope", {true}},
                     {"lora_merge", {true}},
                     {"transition", {true}},
                     {"guidance", {true}},
                     {"clip_preprocess", {true}},
                     {"tile_linear", {true}},
                     {"tile_attention", {true}},
                     {"cudnn_attention", {true}}};

Kernel named(const std::string& name) {
    std::string names;
    for (const Switch& each : switches) {
        if (name == each.name) return static_cast<Kernel>(&each - switches);
        names += join(names.empty() ? "" : ", ", each.name);
    }
    throw Error(IRS_INVALID_ARGUMENT, join("no kernel is called ", name, ", expected one of ", names));
}

}  // namespace

bool runs(Kernel kernel) {
    if (!switches[static_cast<size_t>(kernel)].on) return false;
    if (kernel == Kernel::tile_linear || kernel == Kernel::tile_attention) return tiles::available();
    return kernel != Kernel::cudnn_attention || (torch::has_cuda() && torch::api().cudnn_attention != nullptr);
}

void called(Kernel kernel) { switches[static_cast<size_t>(kernel)].calls.fetch_add(1, std::memory_order_relaxed); }

bool runs(const std::string& name) { return runs(named(name)); }
int64_t calls(const std::string& name) { return switches[static_cast<size_t>(named(name))].calls; }
void enable(const std::string& name, bool on) { switches[static_cast<size_t>(named(name))].on = on; }

}  // namespace irs
