// The forward on a CPU in tiles: kernels alone, on memory of the workspace, by one team of threads that stays awake.
// Forward is its twin for everything else.
#pragma once

#include "models/stages.h"

namespace irs {

// Whether transformer, run-time LoRAs, processor and switches allow it, and no graph is recorded.
bool tiles_serve(const Flux& flux, const std::vector<Row>& rows);

std::unique_ptr<Stages> tiled_stages(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning);

}  // namespace irs
