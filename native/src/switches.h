// Which kernels may run. All may at first; without one, ATen's operators do its work.
#pragma once

#include <cstdint>
#include <string>

namespace irs {

enum class Kernel {
    layer_norm_modulate,
    gated_residual,
    qk_norm_rope,
    lora_merge,
    transition,
    guidance,
    clip_preprocess,
    tile_linear,
    tile_attention,
    cudnn_attention
};

// Whether it may run and this machine can run it.
bool runs(Kernel kernel);

// Tells that it has been called, of the tile_* that a forward takes it.
void called(Kernel kernel);

// By name; throws when no kernel has it.
bool runs(const std::string& name);
void enable(const std::string& name, bool on);
int64_t calls(const std::string& name);

}  // namespace irs
