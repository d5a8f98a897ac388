// One block of ggml's quantised types (ggml ggml-common.h for the layouts, ggml-quants.c for the formulas), in the order of
// operations of the Python package gguf (quants.py), so that the values agree bit for bit.
#pragma once

#include <cstdint>

#include "widen.h"

namespace irs {

// block: the block's bytes; out: room for 256 values. packing: q4_0 and what follows.
void ggml_block(Packing packing, const uint8_t* block, float* out);

}  // namespace irs
