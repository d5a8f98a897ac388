#include "amx_rows.h"

#include "parallel.h"

#if defined(__AMX_TILE__) && defined(__AVX512F__)

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

#include "amx_tiles.h"

namespace irs::amx {

namespace {

constexpr int64_t kGrain = 8;  // rows

template <int Parts, typename T>
void put_row(const Rows& rows, int64_t r, const T* x, int64_t column, int64_t width) {
    for (int64_t c = 0; c < width; c += kEdge) {
        const __m512 low = load(x + c, mask_of(width - c)), high = load(x + c + kHalf, mask_of(width - c - kHalf));
        split<Parts>(low, high, line_of(rows, r, column + c));
    }
}

template <typename T>
void modulated_row(const Rows& rows, int64_t r, const T* x, const T* scale, const T* shift, float eps) {
    const int64_t width = rows.width;
    __m512 sum = _mm512_setzero_ps();
    for (int64_t c = 0; c < width; c += kHalf) sum = _mm512_add_ps(sum, load(x + c, mask_of(width - c)));
    const __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / static_cast<float>(width));
    __m512 squares = _mm512_setzero_ps();
    for (int64_t c = 0; c < width; c += kHalf) {
        const __mmask16 mask = mask_of(width - c);
        const __m512 centred = _mm512_maskz_sub_ps(mask, load(x + c, mask), mean);
        squares = _mm512_fmadd_ps(centred, centred, squares);
    }
    const float variance = _mm512_reduce_add_ps(squares) / static_cast<float>(width);
    const __m512 inverse = _mm512_set1_ps(1.0F / std::sqrt(variance + eps));
    const auto at = [&](int64_t c) {
        const __mmask16 mask = mask_of(width - c);
        const __m512 normed = _mm512_mul_ps(_mm512_sub_ps(load(x + c, mask), mean), inverse);
        return _mm512_maskz_fmadd_ps(mask, normed, load(scale + c, mask), load(shift + c, mask));
    };
    for (int64_t c = 0; c < width; c += kEdge) split<parts_of<T>()>(at(c), at(c + kHalf), line_of(rows, r, c));
}

bool ask_for_tiles() {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
    const bool amx = (edx >> 22 & 1) != 0 && (edx >> 24 & 1) != 0;  // AMX-BF16, AMX-TILE
    const bool avx = (ebx >> 16 & 1) != 0 && (ebx >> 30 & 1) != 0 && (ebx >> 31 & 1) != 0;  // AVX512F, BW, VL
    if (!amx || !avx || __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) == 0 || (eax >> 5 & 1) == 0) return false;
    constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace

bool available() {
    static const bool asked = ask_for_tiles();
    return asked;
}

template <typename T>
Weight::Weight(const T* w, const T* given, int64_t out_, int64_t in_)
    : out(out_),
      in(in_),
      parts(parts_of<T>()),
      tiles(static_cast<uint16_t*>(std::aligned_alloc(64, bytes_of(blocks_of(out_) * blocks_of(in_) * parts * kPair)))),
      bias(new float[static_cast<size_t>(blocks_of(out_) * kEdge)]()) {
    if (tiles == nullptr) throw std::bad_alloc();
    if (given != nullptr) std::transform(given, given + out, bias.get(), [](T x) { return to_float(x); });
    const int64_t depth = blocks_of(in);
    parallel_for(blocks_of(out), 1, [&](int64_t begin, int64_t end) {
        for (int64_t panel = begin; panel < end; panel++) {
            for (int64_t k = 0; k < depth; k++) {
                const auto row = [&](int64_t i) {
                    const int64_t n = panel * kEdge + i;
                    return n < out ? w + n * in + k * kEdge : nullptr;
                };
                pack_right<T>(row, in - k * kEdge, tiles + (panel * depth + k) * parts * kPair);
            }
        }
    });
}

Weight::~Weight() { std::free(tiles); }

Rows::Rows(Workspace& workspace, int64_t count_, int64_t width_, int parts_)
    : count(count_),
      width(width_),
      parts(parts_),
      row_blocks(blocks_of(count_)),
      column_blocks(blocks_of(width_)),
      memory_(workspace.take(bytes_of(row_blocks * column_blocks * parts_ * kPair))) {}

template <typename T>
void Rows::put(const RowsOf<const T>& x, int64_t column, int64_t wide) const {
    parallel_for(count, kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; r++) {
            if (parts == 3) {
                put_row<3>(*this, r, x[r], column, wide);
            } else {
                put_row<1>(*this, r, x[r], column, wide);
            }
        }
    });
}

template <typename T>
void put_modulated(const std::vector<Modulated<T>>& all, float eps) {
    int64_t rows = 0;
    for (const Modulated<T>& each : all) rows += each.to->count;
    parallel_for(rows, kGrain, [&](int64_t begin, int64_t end) {
        int64_t first = 0;
        for (const Modulated<T>& each : all) {
            const int64_t last = first + each.to->count;
            for (int64_t i = std::max(begin, first); i < std::min(end, last); i++) {
                const int64_t r = i - first, b = r / each.x.tokens;
                modulated_row(*each.to, r, each.x[r], each.scale[b], each.shift[b], eps);
            }
            first = last;
        }
    });
}

}  // namespace irs::amx

#else  // no tiles in what is compiled for

#include <stdexcept>

namespace irs::amx {

namespace {

[[noreturn]] void absent() { throw std::logic_error("no AMX in this build"); }

}  // namespace

bool available() { return false; }

template <typename T>
Weight::Weight(const T*, const T*, int64_t out_, int64_t in_) : out(out_), in(in_), parts(parts_of<T>()), tiles(nullptr) {
    absent();
}

Weight::~Weight() = default;

Rows::Rows(Workspace& workspace, int64_t count_, int64_t width_, int parts_)
    : count(count_), width(width_), parts(parts_), row_blocks(0), column_blocks(0), memory_(workspace.take(0)) {
    absent();
}

template <typename T>
void Rows::put(const RowsOf<const T>&, int64_t, int64_t) const {
    absent();
}

template <typename T>
void put_modulated(const std::vector<Modulated<T>>&, float) {
    absent();
}

}  // namespace irs::amx

#endif

namespace irs::amx {

template Weight::Weight(const float*, const float*, int64_t, int64_t);
template Weight::Weight(const bf16*, const bf16*, int64_t, int64_t);
template void Rows::put(const RowsOf<const float>&, int64_t, int64_t) const;
template void Rows::put(const RowsOf<const bf16>&, int64_t, int64_t) const;
template void put_modulated(const std::vector<Modulated<float>>&, float);
template void put_modulated(const std::vector<Modulated<bf16>>&, float);

}  // namespace irs::amx
