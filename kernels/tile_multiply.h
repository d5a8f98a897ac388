// The product of two blocks at one level: 32 x 32 f32 sums over `depth` blocks of 32 values, into or onto c.
#pragma once

#include "tile_blocks.h"
#ifdef IRS_EMULATED_TILES
#include "amx_emulated.h"
#endif

namespace irs::tiles::IRS_LEVEL {

#ifdef IRS_TILES

// The matrix tiles' sizes while it lives.
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

constexpr int64_t kStride = kEdge * int64_t{sizeof(float)};  // bytes from row to row of a result

template <Format F>
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
        if constexpr (F == Format::parts) {
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
        a += kWords<F>;
        b += kWords<F>;
    }
#undef IRS_LOAD_A
#undef IRS_LOAD_B
#undef IRS_MULTIPLY
    _tile_stored(0, c, kStride);
    _tile_stored(1, c + kHalf, kStride);
    _tile_stored(2, c + kHalf * kEdge, kStride);
    _tile_stored(3, c + kHalf * kEdge + kHalf, kStride);
}

#else

struct Tiles {
    Tiles() {} // nothing to set
};

#ifdef __AVX512F__

using Register = __m512;
constexpr int kAtOnce = 12;  // rows whose sums stay in registers: 24 of 32, two for b, one for a
inline Register register_at(const float* x) { return _mm512_loadu_ps(x); }
inline void put_register(float* x, Register sums) { _mm512_storeu_ps(x, sums); }
inline Register no_sum() { return _mm512_setzero_ps(); }
inline Register one_of(const float* x) { return _mm512_set1_ps(*x); }
inline Register fused(Register a, Register b, Register sum) { return _mm512_fmadd_ps(a, b, sum); }

#else

using Register = __m256;
constexpr int kAtOnce = 6;  // 12 of 16 registers
inline Register register_at(const float* x) { return _mm256_loadu_ps(x); }
inline void put_register(float* x, Register sums) { _mm256_storeu_ps(x, sums); }
inline Register no_sum() { return _mm256_setzero_ps(); }
inline Register one_of(const float* x) { return _mm256_broadcast_ss(x); }
inline Register fused(Register a, Register b, Register sum) { return _mm256_fmadd_ps(a, b, sum); }

#endif

constexpr int64_t kWide = int64_t{sizeof(Register)} / int64_t{sizeof(float)};

// The sums of `Count` rows and two registers of columns. Inlined, or they would not stay in registers.
template <int Count>
[[gnu::always_inline]] inline void begin_sums(Register (&sums)[Count][2], const float* c, bool onto) {
#pragma GCC unroll 12
    for (int r = 0; r < Count; r++) {
        sums[r][0] = onto ? register_at(c + r * kEdge) : no_sum();
        sums[r][1] = onto ? register_at(c + r * kEdge + kWide) : no_sum();
    }
}

template <int Count>
[[gnu::always_inline]] inline void end_sums(const Register (&sums)[Count][2], float* c) {
#pragma GCC unroll 12
    for (int r = 0; r < Count; r++) {
        put_register(c + r * kEdge, sums[r][0]);
        put_register(c + r * kEdge + kWide, sums[r][1]);
    }
}

template <int Count>
void rows_f32(const float* a, const float* b, int64_t depth, float* c, bool onto) {
    Register sums[Count][2];
    begin_sums(sums, c, onto);
    for (int64_t block = 0; block < depth; block++, a += kBlock, b += kBlock) {
        for (int64_t k = 0; k < kEdge; k++) {
            const Register first = register_at(b + k * kEdge), second = register_at(b + k * kEdge + kWide);
#pragma GCC unroll 12
            for (int r = 0; r < Count; r++) {
                const Register by = one_of(a + r * kEdge + k);
                sums[r][0] = fused(by, first, sums[r][0]);
                sums[r][1] = fused(by, second, sums[r][1]);
            }
        }
    }
    end_sums(sums, c);
}

#ifdef __AVX512BF16__

template <int Count>
void rows_bf16(const uint16_t* a, const uint16_t* b, int64_t depth, float* c, bool onto) {
    Register sums[Count][2];
    begin_sums(sums, c, onto);
    for (int64_t block = 0; block < depth; block++, a += kPair, b += kPair) {
        for (int64_t pair = 0; pair < kHalf; pair++) {
            const auto first = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + pair * kEdge));
            const auto second = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + kTile + pair * kEdge));
#pragma GCC unroll 12
            for (int r = 0; r < Count; r++) {
                int both = 0;
                std::memcpy(&both, a + r * kEdge + 2 * pair, sizeof both);
                const auto by = reinterpret_cast<__m512bh>(_mm512_set1_epi32(both));
                sums[r][0] = _mm512_dpbf16_ps(sums[r][0], by, first);
                sums[r][1] = _mm512_dpbf16_ps(sums[r][1], by, second);
            }
        }
    }
    end_sums(sums, c);
}

#endif

template <Format F, int Count>
void rows_of(const uint16_t* a, const uint16_t* b, int64_t depth, int64_t row, int64_t column, float* c, bool onto) {
    float* const to = c + row * kEdge + column;
    if constexpr (F == Format::f32) {
        rows_f32<Count>(reinterpret_cast<const float*>(a) + row * kEdge, reinterpret_cast<const float*>(b) + column, depth, to, onto);
    } else {
#ifdef __AVX512BF16__
        rows_bf16<Count>(a + row * kEdge, b, depth, to, onto); // a register is half a block wide: column is 0
#endif
    }
}

template <Format F>
void multiply(const uint16_t* a, const uint16_t* b, int64_t depth, float* c, bool onto) {
    for (int64_t column = 0; column < kEdge; column += 2 * kWide) {
        int64_t row = 0;
        for (; row + kAtOnce <= kEdge; row += kAtOnce) rows_of<F, kAtOnce>(a, b, depth, row, column, c, onto);
        rows_of<F, kEdge % kAtOnce>(a, b, depth, row, column, c, onto);
    }
}

#endif

}  // namespace irs::tiles::IRS_LEVEL
