// A processor's matrix tiles in software, by the names of its intrinsics: the level amx is tested on processors without them
// (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, TILELOADD to TDPBF16PS, whose order of sums this is).
#pragma once

#include <cstdint>
#include <cstring>

#include "rows.h"

namespace irs::tiles::emulated {

constexpr int kRows = 16, kBytes = 64;

inline thread_local unsigned char tiles[8][kRows * kBytes];

inline void load(int tile, const void* from, int64_t stride) {
    for (int64_t r = 0; r < kRows; r++) std::memcpy(tiles[tile] + r * kBytes, static_cast<const char*>(from) + r * stride, kBytes);
}

inline void store(int tile, void* to, int64_t stride) {
    for (int64_t r = 0; r < kRows; r++) std::memcpy(static_cast<char*>(to) + r * stride, tiles[tile] + r * kBytes, kBytes);
}

inline void clear(int tile) { std::memset(tiles[tile], 0, sizeof tiles[tile]); }

// c += a b: a 16 rows of 16 pairs, b 16 pairs of 16 columns.
inline void multiply(int c, int a, int b) {
    float sums[kRows][16];
    bf16 left[kRows][16][2], right[16][16][2];
    std::memcpy(sums, tiles[c], sizeof sums);
    std::memcpy(left, tiles[a], sizeof left);
    std::memcpy(right, tiles[b], sizeof right);
    for (int row = 0; row < kRows; row++) {
        for (int column = 0; column < 16; column++) {
            float even = 0, odd = 0;
            for (int pair = 0; pair < 16; pair++) {
                even += to_float(left[row][pair][0]) * to_float(right[pair][column][0]);
                odd += to_float(left[row][pair][1]) * to_float(right[pair][column][1]);
            }
            sums[row][column] += even + odd;
        }
    }
    std::memcpy(tiles[c], sums, sizeof sums);
}

}  // namespace irs::tiles::emulated

#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbf16ps
#undef _tile_loadconfig
#undef _tile_release
#define _tile_loadd(tile, from, stride) irs::tiles::emulated::load(tile, from, stride)
#define _tile_stored(tile, to, stride) irs::tiles::emulated::store(tile, to, stride)
#define _tile_zero(tile) irs::tiles::emulated::clear(tile)
#define _tile_dpbf16ps(c, a, b) irs::tiles::emulated::multiply(c, a, b)
#define _tile_loadconfig(config) static_cast<void>(config)
#define _tile_release() static_cast<void>(0)
