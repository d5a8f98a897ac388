// What the kernels on matrix tiles share: how values lie in tiles, and the multiplication of two blocks. Only for files that
// are compiled for AMX.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "amx_rows.h"

namespace irs::amx {

constexpr int64_t kHalf = kEdge / 2;             // rows and columns of one tile
constexpr int64_t kTile = kHalf * kEdge;         // bf16 values of one tile: 16 rows of 32, 1 KiB
constexpr int64_t kPair = 2 * kTile;             // two tiles, what 32 rows and 32 columns are
constexpr int64_t kBlock = kEdge * kEdge;        // f32 values of one block of the result
constexpr int64_t kStride = kEdge * int64_t{sizeof(float)};  // bytes from row to row in it

inline int64_t blocks_of(int64_t n) { return (n + kEdge - 1) / kEdge; }

inline size_t bytes_of(int64_t values) { return static_cast<size_t>(values) * sizeof(uint16_t); }

struct Tiles {
    Tiles() {
        struct alignas(64) {
            uint8_t palette = 1, start = 0, reserved[14] = {};
            uint16_t row_bytes[16] = {};
            uint8_t rows[16] = {};
        } config;
        for (int i = 0; i < 8; i++) {
            config.row_bytes[i] = 64;
            config.rows[i] = 16;
        }
        _tile_loadconfig(&config);
    }
    ~Tiles() { _tile_release(); }
};

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

inline __m512 widened(__m256i bits) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16)); }

// 16 values from x on, 0 where the mask has none.
inline __m512 load(const float* x, __mmask16 mask) { return _mm512_maskz_loadu_ps(mask, x); }

inline __m512 load(const bf16* x, __mmask16 mask) {
    return widened(_mm256_maskz_loadu_epi16(mask, x));
}

inline void store(float* x, __mmask16 mask, __m512 value) { _mm512_mask_storeu_ps(x, mask, value); }

inline void store(bf16* x, __mmask16 mask, __m512 value) {
    _mm256_mask_storeu_epi16(x, mask, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value)));
}

inline __mmask16 mask_of(int64_t left) {
    return left >= 16 ? __mmask16(0xffff) : left <= 0 ? __mmask16(0) : __mmask16((1u << left) - 1);
}

// Writes 32 values as a line of 32 bf16 for each part, the lines kPair apart.
template <int Parts>
void split(__m512 low, __m512 high, uint16_t* line) {
    for (int part = 0; part < Parts; part++) {
        const __m256i low_bits = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(low));
        const __m256i high_bits = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(high));
        _mm256_store_si256(reinterpret_cast<__m256i*>(line), low_bits);
        _mm256_store_si256(reinterpret_cast<__m256i*>(line + kHalf), high_bits);
        low = _mm512_sub_ps(low, widened(low_bits));
        high = _mm512_sub_ps(high, widened(high_bits));
        line += kPair;
    }
}

// The same for 16 values, half a line.
template <int Parts>
void split(__m512 values, uint16_t* half) {
    for (int part = 0; part < Parts; part++) {
        const __m256i bits = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values));
        _mm256_store_si256(reinterpret_cast<__m256i*>(half), bits);
        values = _mm512_sub_ps(values, widened(bits));
        half += kPair;
    }
}

// Where the first part of a row's value lies, column a multiple of 16.
inline uint16_t* line_of(const Rows& rows, int64_t r, int64_t column) {
    const int64_t block = r / kEdge * rows.column_blocks + column / kEdge;
    return rows.tiles() + block * rows.parts * kPair + r % kEdge * kEdge + column % kEdge;
}

// 32 rows of 32 values as a block of the right side of a product, whose columns the rows become: row(i) is where the values
// of row i begin, of which `left` are there, or null where there is no such row.
template <typename T, typename Row>
void pack_right(const Row& row, int64_t left, uint16_t* block) {
    constexpr int parts = parts_of<T>();
    alignas(64) uint16_t lines[parts * kPair];
    for (int64_t i = 0; i < kEdge; i++) {
        const T* x = row(i);
        const __m512 zero = _mm512_setzero_ps();
        split<parts>(x == nullptr ? zero : load(x, mask_of(left)), x == nullptr ? zero : load(x + kHalf, mask_of(left - kHalf)),
                     lines + i * kEdge);
    }
    // Pairs of neighbouring columns change places with rows: 16 x 16 words of 32 bits a tile.
    const __m512i step = _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                                            _mm512_set1_epi32(kHalf));
    for (int tile = 0; tile < 2 * parts; tile++) {
        const auto* from = reinterpret_cast<const int32_t*>(lines + tile * kTile);
        for (int64_t pair = 0; pair < kHalf; pair++) {
            _mm512_store_si512(block + tile * kTile + pair * kEdge, _mm512_i32gather_epi32(step, from + pair, 4));
        }
    }
}

// exp(x) to 1 ulp or two: 2^n times the polynomial of the rest (Cephes, expf).
inline __m512 exp(__m512 x) {
    x = _mm512_min_ps(_mm512_max_ps(x, _mm512_set1_ps(-104.0F)), _mm512_set1_ps(88.8F));
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504088896341F)), 8);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375F), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4F), r);
    __m512 p = _mm512_set1_ps(1.9875691500e-4F);
    for (const float c : {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F}) {
        p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(c));
    }
    p = _mm512_add_ps(_mm512_fmadd_ps(p, _mm512_mul_ps(r, r), r), _mm512_set1_ps(1.0F));
    return _mm512_scalef_ps(p, n);
}

// One block of 32 x 32 over `depth` column blocks, into or onto c.
template <int Parts>
void multiply(const uint16_t* a, const uint16_t* b, int64_t depth, float* c, bool onto) {
    if (onto) {
        _tile_loadd(0, c, kStride);
        _tile_loadd(1, c + kHalf, kStride);
        _tile_loadd(2, c + kHalf * kEdge, kStride);
        _tile_loadd(3, c + kHalf * kEdge + kHalf, kStride);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    }
#define IRS_LOAD_A(part)                        \
    _tile_loadd(4, a + (part) * kPair, 64);     \
    _tile_loadd(5, a + (part) * kPair + kTile, 64)
#define IRS_LOAD_B(part)                        \
    _tile_loadd(6, b + (part) * kPair, 64);     \
    _tile_loadd(7, b + (part) * kPair + kTile, 64)
#define IRS_MULTIPLY()        \
    _tile_dpbf16ps(0, 4, 6);  \
    _tile_dpbf16ps(1, 4, 7);  \
    _tile_dpbf16ps(2, 5, 6);  \
    _tile_dpbf16ps(3, 5, 7)
    for (int64_t k = 0; k < depth; k++) {
        if constexpr (Parts == 3) {
            // Small products first, one load between two of them.
            IRS_LOAD_A(2);
            IRS_LOAD_B(0);
            IRS_MULTIPLY();
            IRS_LOAD_A(0);
            IRS_LOAD_B(2);
            IRS_MULTIPLY();
            IRS_LOAD_A(1);
            IRS_LOAD_B(1);
            IRS_MULTIPLY();
            IRS_LOAD_B(0);
            IRS_MULTIPLY();
            IRS_LOAD_A(0);
            IRS_MULTIPLY();
            IRS_LOAD_B(1);
            IRS_MULTIPLY();
        } else {
            IRS_LOAD_A(0);
            IRS_LOAD_B(0);
            IRS_MULTIPLY();
        }
        a += Parts * kPair;
        b += Parts * kPair;
    }
#undef IRS_LOAD_A
#undef IRS_LOAD_B
#undef IRS_MULTIPLY
    _tile_stored(0, c, kStride);
    _tile_stored(1, c + kHalf, kStride);
    _tile_stored(2, c + kHalf * kEdge, kStride);
    _tile_stored(3, c + kHalf * kEdge + kHalf, kStride);
}

}  // namespace irs::amx
