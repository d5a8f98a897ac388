// Tests of kernels on tiles run at every level that the processor has.
#pragma once

#include <cstdio>

#include "tile_level.h"

namespace irs::tiles {

template <typename Check>
void at_every_level(const Check& check) {
    for (const Level level : {Level::avx2, Level::avx512, Level::avx512_bf16, Level::amx}) {
        if (level > best_level()) {
            std::printf("%s: not here\n", name(level));
            continue;
        }
        std::printf("%s:\n", name(level));
        use(level);
        check();
    }
}

}  // namespace irs::tiles
