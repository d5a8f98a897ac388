// Which instructions of a processor the kernels on tiles are compiled for and run by.
#pragma once

#include <string>

namespace irs::tiles {

// In ascending order: each has what those before it have.
enum class Level {
    none,         // less than AVX2 with FMA, or another build
    avx2,         // and FMA: f32
    avx512,       // F, BW, DQ, VL: f32
    avx512_bf16,  // and VDPBF16PS: f32, bf16
    amx           // matrix tiles: f32 by parts, bf16
};

// What runs: the best that the processor, the system and the build have, or less where the environment variable IRSCALE_CPU
// (avx2, avx512, avx512-bf16, amx or none) asks for less. Asked once.
Level level();

// The best there is.
Level best_level();

// From now on. Throws std::invalid_argument above best_level(). What was laid out for another level may not be used at this
// one: for tests, before they make anything.
void use(Level level);

const char* name(Level level);

// Throws std::invalid_argument for a name that none has.
Level level_of(const std::string& name);

}  // namespace irs::tiles
