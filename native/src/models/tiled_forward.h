// The forward of the FLUX transformer on a CPU with matrix tiles: kernels alone, on memory of the workspace, by one team of
// threads that stays awake. Forward is its twin for everything else.
#pragma once

#include "models/forward.h"

namespace irs {

// Whether transformer, run-time LoRAs, processor and switches allow it, and no graph is recorded.
bool tiles_serve(const Flux& flux, const std::vector<Row>& rows);

// Latents (N, T, in_channels) in f32 or the transformer's dtype, on the CPU, to velocity (N, T, out_channels).
Tensor tiled_forward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning,
                     const Tensor& latents, Trace* trace);

}  // namespace irs
