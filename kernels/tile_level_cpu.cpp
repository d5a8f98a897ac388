#include "tile_level.h"

#include <atomic>
#include <cstdlib>
#include <iterator>
#include <stdexcept>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace irs::tiles {

namespace {

constexpr const char* kNames[] = {"none", "avx2", "avx512", "avx512-bf16", "amx"};  // in the order of Level

#if defined(__x86_64__)
bool has_tiles() {
#if defined(IRS_EMULATED_TILES)
    return true;
#elif defined(IRS_HAS_AMX)
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
    if ((edx >> 22 & 1) == 0 || (edx >> 24 & 1) == 0) return false;  // AMX-BF16, AMX-TILE
    constexpr long kRequestPermission = 0x1023, kTileData = 18;      // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
    return false;
#endif
}

bool multiplies_bf16() {
#ifdef IRS_HAS_AVX512_BF16
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax >> 5 & 1) != 0;
#else
    return false;
#endif
}

// The compiler's own questions ask whether the system keeps the registers, too.
Level ask() {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return Level::none;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (!avx512) return Level::avx2;
    if (!multiplies_bf16()) return Level::avx512;
    return has_tiles() ? Level::amx : Level::avx512_bf16;
}
#else
Level ask() { return Level::none; }
#endif

Level wanted() {
    const char* const given = std::getenv("IRSCALE_CPU");
    if (given == nullptr || *given == '\0') return best_level();
    const Level level = level_of(given);
    return level < best_level() ? level : best_level();
}

std::atomic<Level>& current() {
    static std::atomic<Level> level{wanted()};
    return level;
}

}  // namespace

Level best_level() {
    static const Level best = ask();
    return best;
}

Level level() { return current(); }

void use(Level level) {
    if (level > best_level()) throw std::invalid_argument(std::string("this processor has no ") + name(level));
    current() = level;
}

const char* name(Level level) { return kNames[static_cast<int>(level)]; }

Level level_of(const std::string& text) {
    for (int i = 0; i < static_cast<int>(std::size(kNames)); i++) {
        if (text == kNames[i]) return static_cast<Level>(i);
    }
    throw std::invalid_argument("IRSCALE_CPU is " + text + ", expected none, avx2, avx512, avx512-bf16 or amx");
}

}  // namespace irs::tiles
