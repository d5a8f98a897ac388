// What the kernels on tiles of one level share: how values lie in blocks. Only for files that are compiled for a level.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>

#include "tile_rows.h"
#include "tile_simd.h"

#if defined(__AMX_TILE__) || defined(IRS_EMULATED_TILES)
#define IRS_TILES
#endif

namespace irs::tiles::IRS_LEVEL {

constexpr int64_t kHalf = kEdge / 2;             // rows and columns of one matrix tile
constexpr int64_t kTile = kHalf * kEdge;         // words of one tile: 16 rows of 32, 1 KiB
constexpr int64_t kPair = 2 * kTile;             // words of a block of one word a value
constexpr int64_t kBlock = kEdge * kEdge;        // f32 values of one block of the result
static_assert(kHalf == kLanes);

template <Format F>
constexpr int64_t kWords = words_of(F) * kPair;  // of a block

inline int64_t words_of_block(Format format) { return words_of(format) * kPair; }

// Calls with the format as a constant, of those that this level has.
template <Format F>
struct Known {
    static constexpr Format format = F;
};
template <typename Use>
void by_format(Format format, const Use& use) {
#ifdef IRS_TILES
    if (format == Format::parts) return use(Known<Format::parts>{});
    use(Known<Format::bf16>{});
#elif defined(__AVX512BF16__)
    if (format == Format::bf16) return use(Known<Format::bf16>{});
    use(Known<Format::f32>{});
#else
    static_cast<void>(format);
    use(Known<Format::f32>{});
#endif
}

struct Free {
    void operator()(void* data) const { std::free(data); }
};

// A thread's memory, kept between calls.
template <typename V>
class Scratch {
public:
    V* of(int64_t values) {
        if (values > held_) {
            data_.reset();
            held_ = 0;
            const size_t bytes = (static_cast<size_t>(values) * sizeof(V) + 63) / 64 * 64;
            data_.reset(static_cast<V*>(std::aligned_alloc(64, bytes)));
            if (!data_) throw std::bad_alloc();
            held_ = values;
        }
        return data_.get();
    }

private:
    std::unique_ptr<V, Free> data_;
    int64_t held_ = 0;
};

// Where the values of a row and 16 columns lie, from `column` on, a multiple of 16: in parts the first of them.
inline uint16_t* line_of(const Rows& rows, int64_t r, int64_t column) {
    const int64_t block = r / kEdge * rows.column_blocks + column / kEdge;
    const int64_t word = r % kEdge * kEdge + column % kEdge;
    return rows.tiles() + block * words_of_block(rows.format) + (rows.format == Format::f32 ? 2 * word : word);
}

// Writes 16 values of a line; further parts lie kPair apart.
template <Format F>
void split(Values values, uint16_t* line) {
    if constexpr (F == Format::f32) {
        store(reinterpret_cast<float*>(line), values);
    } else {
        for (int part = 0; part < words_of(F); part++) {
            const __m256i bits = narrowed(values);
            _mm256_store_si256(reinterpret_cast<__m256i*>(line + part * kPair), bits);
            values = sub(values, widened(bits));
        }
    }
}

// Words from the first half of a line to its second.
template <Format F>
constexpr int64_t kSecond = F == Format::f32 ? 2 * kHalf : kHalf;

// A whole line of 32 values.
template <Format F>
void split(Values low, Values high, uint16_t* line) {
    split<F>(low, line);
    split<F>(high, line + kSecond<F>);
}

// 32 rows of 32 values as a block of the right side of a product, whose columns the rows become: row(i) is where the values
// of row i begin, of which `left` are there, or null where there is no such row.
template <Format F, typename T, typename Row>
void pack_right(const Row& row, int64_t left, uint16_t* block) {
    alignas(64) uint16_t lines[kWords<F>];
    constexpr int64_t line = F == Format::f32 ? 2 * kEdge : kEdge;
    for (int64_t i = 0; i < kEdge; i++) {
        const T* x = row(i);
        split<F>(x == nullptr ? zero() : load(x, mask_of(left)), x == nullptr ? zero() : load(x + kHalf, mask_of(left - kHalf)),
                 lines + i * line);
    }
    const auto* from = reinterpret_cast<const float*>(lines);
    auto* to = reinterpret_cast<float*>(block);
    if constexpr (F == Format::f32) {
        // Value k of all columns side by side.
        for (int64_t i = 0; i < kEdge; i += 8) {
            for (int64_t k = 0; k < kEdge; k += 8) transpose(from + i * kEdge + k, kEdge, to + k * kEdge + i, kEdge);
        }
    } else {
        // Pairs of neighbouring values change places with rows: 16 x 16 words of 32 bits a tile.
        for (int64_t tile = 0; tile < 2 * words_of(F); tile++, from += kTile / 2, to += kTile / 2) {
            for (int64_t i = 0; i < kHalf; i += 8) {
                for (int64_t k = 0; k < kHalf; k += 8) transpose(from + i * kHalf + k, kHalf, to + k * kHalf + i, kHalf);
            }
        }
    }
}

// 32 rows of up to 32 columns as a block of the right side, whose columns they stay: row(k) is where the values of row k
// begin, or null; `left` columns are there.
template <Format F, typename T, typename Row>
void pack_columns(const Row& row, int64_t left, uint16_t* block) {
    const auto half_of = [&](int64_t k, int64_t half) {
        const T* x = row(k);
        return x == nullptr ? zero() : load(x + half * kHalf, mask_of(left - half * kHalf));
    };
    for (int64_t half = 0; half < 2; half++) {
        if constexpr (F == Format::f32) {
            for (int64_t k = 0; k < kEdge; k++) store(reinterpret_cast<float*>(block) + k * kEdge + half * kHalf, half_of(k, half));
        } else {
            for (int64_t pair = 0; pair < kHalf; pair++) {
                Values even = half_of(2 * pair, half), odd = half_of(2 * pair + 1, half);
                for (int part = 0; part < words_of(F); part++) {
                    const __m256i low = narrowed(even), high = narrowed(odd);
                    store_pairs(block + part * kPair + half * kTile + pair * kEdge, low, high);
                    even = sub(even, widened(low));
                    odd = sub(odd, widened(high));
                }
            }
        }
    }
}

}  // namespace irs::tiles::IRS_LEVEL
