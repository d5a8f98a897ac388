#include "amx_linear.h"

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
#include "gelu.h"

namespace irs::amx {

namespace {

// Where column block `column` of row r begins, its first part.
uint16_t* line_of(const Rows& rows, int64_t r, int64_t column) {
    const int64_t block = r / kEdge, within = r % kEdge;
    return rows.tiles() + ((block * rows.column_blocks + column) * rows.parts * kPair) + within * kEdge;
}

template <typename T>
void put_row(const Rows& rows, int64_t r, const T* x, int64_t column, int64_t width) {
    for (int64_t c = 0; c < width; c += kEdge) {
        const __m512 low = load(x + c, mask_of(width - c)), high = load(x + c + kHalf, mask_of(width - c - kHalf));
        split<parts_of<T>()>(low, high, line_of(rows, r, (column + c) / kEdge));
    }
}

void zero_row(const Rows& rows, int64_t r, int64_t column, int64_t width) {
    for (int64_t c = 0; c < width; c += kEdge) {
        uint16_t* line = line_of(rows, r, (column + c) / kEdge);
        for (int part = 0; part < rows.parts; part++) std::fill_n(line + part * kPair, kEdge, uint16_t{0});
    }
}

__m512 gelu(__m512 x) {
    const __m512 square = _mm512_mul_ps(x, x);
    const __m512 inner = _mm512_fmadd_ps(_mm512_mul_ps(square, x), _mm512_set1_ps(kGeluCubic), x);
    const __m512 e = exp(_mm512_mul_ps(inner, _mm512_set1_ps(-kGeluTwice)));
    return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0F), e));
}

// Sizes that keep a thread's part of a, one panel of b and its part of the result in its second-level cache.
constexpr int64_t kRowBlocks = 6;  // 192 rows
constexpr int64_t kPanels = 8;      // 256 columns
int64_t depth_of(int parts) { return parts == 3 ? 16 : 8; }

// Every block of a w^T, in pieces for threads; finish(row block, panel, block of 32 x 32 f32) takes each.
template <int Parts, typename Finish>
void blocks(const Rows& a, const Weight& w, const Finish& finish) {
    const int64_t depth = a.column_blocks, rows = a.row_blocks, panels = blocks_of(w.out);
    const int64_t step = depth_of(Parts);
    // Enough pieces for all threads, the columns cut first: each piece then reads its own weights alone.
    const int64_t threads = thread_count();
    const int64_t wide = std::max<int64_t>(1, std::min<int64_t>(kPanels, panels / threads));
    const int64_t across = (panels + wide - 1) / wide;
    const int64_t wanted = std::max<int64_t>((rows + kRowBlocks - 1) / kRowBlocks, across >= threads ? 1 : threads / across);
    const int64_t high = (rows + std::min(wanted, rows) - 1) / std::min(wanted, rows);
    const int64_t down = (rows + high - 1) / high;
    parallel_for(across * down, 1, [&](int64_t begin, int64_t end) {
        const Tiles tiles;
        static thread_local Scratch<float> memory;
        float* const sums = memory.of(wide * high * kBlock);
        for (int64_t piece = begin; piece < end; piece++) {
            const int64_t row0 = piece % down * high, row1 = std::min(rows, row0 + high);
            const int64_t panel0 = piece / down * wide, panel1 = std::min(panels, panel0 + wide);
            for (int64_t k = 0; k < depth; k += step) {
                const int64_t deep = std::min(step, depth - k);
                const bool last = k + deep == depth;
                for (int64_t panel = panel0; panel < panel1; panel++) {
                    const uint16_t* b = w.tiles + (panel * depth + k) * Parts * kPair;
                    for (int64_t row = row0; row < row1; row++) {
                        const uint16_t* rows_a = a.tiles() + (row * depth + k) * Parts * kPair;
                        float* c = sums + ((panel - panel0) * high + row - row0) * kBlock;
                        multiply<Parts>(rows_a, b, deep, c, k != 0);
                        if (last) finish(row, panel, c);
                    }
                }
            }
        }
    });
}

template <typename Finish>
void blocks(const Rows& a, const Weight& w, const Finish& finish) {
    if (w.parts == 3) {
        blocks<3>(a, w, finish);
    } else {
        blocks<1>(a, w, finish);
    }
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
void Rows::put(const RowsOf<const T>& x, int64_t column, int64_t wide) {
    parallel_for(row_blocks * kEdge, kEdge, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; r++) {
            if (r < count) {
                put_row(*this, r, x[r], column, wide);
            } else {
                zero_row(*this, r, column, wide);
            }
        }
    });
}

template <typename T>
void Rows::put_modulated(const RowsOf<const T>& x, const TableOf<T>& scale, const TableOf<T>& shift, float eps) {
    parallel_for(row_blocks * kEdge, kEdge, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; r++) {
            if (r >= count) {
                zero_row(*this, r, 0, width);
                continue;
            }
            const T* row = x[r];
            const T *s = scale[r / x.tokens], *m = shift[r / x.tokens];
            __m512 sum = _mm512_setzero_ps();
            for (int64_t c = 0; c < width; c += 16) sum = _mm512_add_ps(sum, load(row + c, mask_of(width - c)));
            const __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / static_cast<float>(width));
            __m512 squares = _mm512_setzero_ps();
            for (int64_t c = 0; c < width; c += 16) {
                const __mmask16 mask = mask_of(width - c);
                const __m512 centred = _mm512_maskz_sub_ps(mask, load(row + c, mask), mean);
                squares = _mm512_fmadd_ps(centred, centred, squares);
            }
            const float variance = _mm512_reduce_add_ps(squares) / static_cast<float>(width);
            const __m512 inverse = _mm512_set1_ps(1.0F / std::sqrt(variance + eps));
            const auto at = [&](int64_t c) {
                const __mmask16 mask = mask_of(width - c);
                const __m512 normed = _mm512_mul_ps(_mm512_sub_ps(load(row + c, mask), mean), inverse);
                return _mm512_maskz_fmadd_ps(mask, normed, load(s + c, mask), load(m + c, mask));
            };
            for (int64_t c = 0; c < width; c += kEdge) {
                split<parts_of<T>()>(at(c), at(c + kHalf), line_of(*this, r, c / kEdge));
            }
        }
    });
}

namespace {

// The rows of a block that are in the result: use(row, column, mask, the row's 16 sums with their bias), for both halves.
template <typename Use>
void each(const Weight& w, int64_t rows, int64_t row_block, int64_t panel, const float* block, const Use& use) {
    const int64_t column = panel * kEdge, first = row_block * kEdge;
    const __mmask16 low = mask_of(w.out - column), high = mask_of(w.out - column - kHalf);
    const __m512 low_bias = _mm512_loadu_ps(w.bias.get() + column), high_bias = _mm512_loadu_ps(w.bias.get() + column + kHalf);
    for (int64_t i = 0; i < std::min(kEdge, rows - first); i++) {
        const float* sums = block + i * kEdge;
        use(first + i, column, low, _mm512_add_ps(_mm512_load_ps(sums), low_bias), high,
            _mm512_add_ps(_mm512_load_ps(sums + kHalf), high_bias));
    }
}

}  // namespace

template <typename T>
void linear(const Rows& a, const Weight& w, const RowsOf<T>& out) {
    blocks(a, w, [&](int64_t row_block, int64_t panel, const float* block) {
        each(w, a.count, row_block, panel, block,
             [&](int64_t r, int64_t column, __mmask16 low, __m512 first, __mmask16 high, __m512 second) {
                 T* at = out[r] + column;
                 store(at, low, first);
                 store(at + kHalf, high, second);
             });
    });
}

void linear_gelu(const Rows& a, const Weight& w, Rows& out, int64_t column) {
    blocks(a, w, [&](int64_t row_block, int64_t panel, const float* block) {
        const int64_t first = panel * kEdge;
        for (int64_t i = 0; i < kEdge; i++) {
            const int64_t r = row_block * kEdge + i;
            uint16_t* line = line_of(out, r, (column + first) / kEdge);
            const auto at = [&](int64_t half) {
                const __mmask16 mask = r < a.count ? mask_of(w.out - first - half * kHalf) : __mmask16(0);
                const __m512 sum = _mm512_load_ps(block + i * kEdge + half * kHalf);
                return _mm512_maskz_mov_ps(mask, gelu(_mm512_add_ps(sum, _mm512_loadu_ps(w.bias.get() + first + half * kHalf))));
            };
            if (out.parts == 3) {
                split<3>(at(0), at(1), line);
            } else {
                split<1>(at(0), at(1), line);
            }
        }
    });
}

template <typename T>
void linear_gated(const Rows& a, const Weight& w, const TableOf<T>& gate, const RowsOf<T>& x) {
    blocks(a, w, [&](int64_t row_block, int64_t panel, const float* block) {
        each(w, a.count, row_block, panel, block,
             [&](int64_t r, int64_t column, __mmask16 low, __m512 first, __mmask16 high, __m512 second) {
                 T* at = x[r] + column;
                 const T* by = gate[r / x.tokens] + column;
                 store(at, low, _mm512_fmadd_ps(load(by, low), first, load(at, low)));
                 store(at + kHalf, high, _mm512_fmadd_ps(load(by + kHalf, high), second, load(at + kHalf, high)));
             });
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
void Rows::put(const RowsOf<const T>&, int64_t, int64_t) {
    absent();
}

template <typename T>
void Rows::put_modulated(const RowsOf<const T>&, const TableOf<T>&, const TableOf<T>&, float) {
    absent();
}

template <typename T>
void linear(const Rows&, const Weight&, const RowsOf<T>&) {
    absent();
}

void linear_gelu(const Rows&, const Weight&, Rows&, int64_t) { absent(); }

template <typename T>
void linear_gated(const Rows&, const Weight&, const TableOf<T>&, const RowsOf<T>&) {
    absent();
}

}  // namespace irs::amx

#endif

namespace irs::amx {

template Weight::Weight(const float*, const float*, int64_t, int64_t);
template Weight::Weight(const bf16*, const bf16*, int64_t, int64_t);
template void Rows::put(const RowsOf<const float>&, int64_t, int64_t);
template void Rows::put(const RowsOf<const bf16>&, int64_t, int64_t);
template void Rows::put_modulated(const RowsOf<const float>&, const TableOf<float>&, const TableOf<float>&, float);
template void Rows::put_modulated(const RowsOf<const bf16>&, const TableOf<bf16>&, const TableOf<bf16>&, float);
template void linear(const Rows&, const Weight&, const RowsOf<float>&);
template void linear(const Rows&, const Weight&, const RowsOf<bf16>&);
template void linear_gated(const Rows&, const Weight&, const TableOf<float>&, const RowsOf<float>&);
template void linear_gated(const Rows&, const Weight&, const TableOf<bf16>&, const RowsOf<bf16>&);

}  // namespace irs::amx
