// Sixteen f32 values at a time, as the kernels on tiles write them: one register of AVX-512, or two of AVX2. Only for files
// that are compiled for a level (tile_level.h), in whose namespace all of it lies.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "rows.h"

namespace irs::tiles::IRS_LEVEL {

constexpr int64_t kLanes = 16;

#ifdef __AVX512F__

using Values = __m512;
using Mask = __mmask16;

inline Mask mask_of(int64_t left) {
    return left >= 16 ? Mask(0xffff) : left <= 0 ? Mask(0) : Mask((1u << left) - 1);
}

inline Values zero() { return _mm512_setzero_ps(); }
inline Values all(float x) { return _mm512_set1_ps(x); }
inline Values add(Values a, Values b) { return _mm512_add_ps(a, b); }
inline Values sub(Values a, Values b) { return _mm512_sub_ps(a, b); }
inline Values mul(Values a, Values b) { return _mm512_mul_ps(a, b); }
inline Values div(Values a, Values b) { return _mm512_div_ps(a, b); }
inline Values least(Values a, Values b) { return _mm512_min_ps(a, b); }
inline Values most(Values a, Values b) { return _mm512_max_ps(a, b); }
inline Values fma(Values a, Values b, Values c) { return _mm512_fmadd_ps(a, b, c); }   // a b + c
inline Values fms(Values a, Values b, Values c) { return _mm512_fmsub_ps(a, b, c); }   // a b - c
inline Values fnma(Values a, Values b, Values c) { return _mm512_fnmadd_ps(a, b, c); } // c - a b
inline Values rounded(Values a) { return _mm512_roundscale_ps(a, 8); }
inline Values scaled(Values a, Values n) { return _mm512_scalef_ps(a, n); } // a 2^n, n whole
inline float sum_of(Values a) { return _mm512_reduce_add_ps(a); }
inline float most_of(Values a) { return _mm512_reduce_max_ps(a); }
inline Values keep(Mask mask, Values a) { return _mm512_maskz_mov_ps(mask, a); } // 0 elsewhere
inline Values most_where(Mask mask, Values a, Values b) { return _mm512_mask_max_ps(a, mask, a, b); }
inline Values load(const float* x) { return _mm512_loadu_ps(x); }
inline void store(float* x, Values a) { _mm512_storeu_ps(x, a); }
inline Values load(const float* x, Mask mask) { return _mm512_maskz_loadu_ps(mask, x); } // 0 where the mask has none
inline void store(float* x, Mask mask, Values a) { _mm512_mask_storeu_ps(x, mask, a); }

// Neighbours (a0, a1) turned by (cos, sin): (a0 cos - a1 sin, a1 cos + a0 sin).
inline Values turned(Values a, Values by) {
    const Values crossed = _mm512_mul_ps(_mm512_permute_ps(a, 0xb1), _mm512_movehdup_ps(by));
    return _mm512_fmaddsub_ps(a, _mm512_moveldup_ps(by), crossed);
}

inline Values widened(__m256i bits) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16)); }

// To bf16, to nearest with ties to even; NaN stays NaN.
inline __m256i narrowed(Values a) {
#ifdef __AVX512BF16__
    return reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(a));
#else
    const __m512i bits = _mm512_castps_si512(a), odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i sum = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
    const __mmask16 nan = _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q);
    return _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(_mm512_srli_epi32(sum, 16), nan, _mm512_set1_epi32(0x7fc0)));
#endif
}

inline Values load(const bf16* x, Mask mask) { return widened(_mm256_maskz_loadu_epi16(mask, x)); }
inline void store(bf16* x, Mask mask, Values a) { _mm256_mask_storeu_epi16(x, mask, narrowed(a)); }

// Pairs of neighbouring bf16: even ones below, odd ones above.
inline void store_pairs(uint16_t* x, __m256i even, __m256i odd) {
    _mm512_storeu_si512(x, _mm512_or_si512(_mm512_cvtepu16_epi32(even), _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16)));
}

#else  // AVX2

struct Values {
    __m256 low, high;
};

struct Mask {
    int count; // the first so many
};

inline Mask mask_of(int64_t left) { return {left >= 16 ? 16 : left <= 0 ? 0 : static_cast<int>(left)}; }

// All bits of the first so many of eight.
inline __m256i lanes_below(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

inline Values zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
inline Values all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline Values add(Values a, Values b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
inline Values sub(Values a, Values b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
inline Values mul(Values a, Values b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
inline Values div(Values a, Values b) { return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)}; }
inline Values least(Values a, Values b) { return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)}; }
inline Values most(Values a, Values b) { return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)}; }
inline Values fma(Values a, Values b, Values c) {
    return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
inline Values fms(Values a, Values b, Values c) {
    return {_mm256_fmsub_ps(a.low, b.low, c.low), _mm256_fmsub_ps(a.high, b.high, c.high)};
}
inline Values fnma(Values a, Values b, Values c) {
    return {_mm256_fnmadd_ps(a.low, b.low, c.low), _mm256_fnmadd_ps(a.high, b.high, c.high)};
}
inline Values rounded(Values a) {
    constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    return {_mm256_round_ps(a.low, kNearest), _mm256_round_ps(a.high, kNearest)};
}
// In two halves, as 2^n may be below or above what f32 has.
inline __m256 scaled_half(__m256 a, __m256 n) {
    const __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1), rest = _mm256_sub_epi32(whole, half);
    const auto power = [](__m256i of) {
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(of, _mm256_set1_epi32(127)), 23));
    };
    return _mm256_mul_ps(_mm256_mul_ps(a, power(half)), power(rest));
}
inline Values scaled(Values a, Values n) { return {scaled_half(a.low, n.low), scaled_half(a.high, n.high)}; }
inline float sum_of(Values a) {
    const __m256 eight = _mm256_add_ps(a.low, a.high);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
inline float most_of(Values a) {
    const __m256 eight = _mm256_max_ps(a.low, a.high);
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}
inline Values keep(Mask mask, Values a) {
    return {_mm256_and_ps(a.low, _mm256_castsi256_ps(lanes_below(mask.count))),
            _mm256_and_ps(a.high, _mm256_castsi256_ps(lanes_below(mask.count - 8)))};
}
inline Values most_where(Mask mask, Values a, Values b) {
    const auto where = [](__m256 x, __m256 y, int count) {
        return _mm256_blendv_ps(x, _mm256_max_ps(x, y), _mm256_castsi256_ps(lanes_below(count)));
    };
    return {where(a.low, b.low, mask.count), where(a.high, b.high, mask.count - 8)};
}
inline Values load(const float* x) { return {_mm256_loadu_ps(x), _mm256_loadu_ps(x + 8)}; }
inline void store(float* x, Values a) {
    _mm256_storeu_ps(x, a.low);
    _mm256_storeu_ps(x + 8, a.high);
}
inline Values load(const float* x, Mask mask) {
    if (mask.count == 16) return load(x);
    return {_mm256_maskload_ps(x, lanes_below(mask.count)), _mm256_maskload_ps(x + 8, lanes_below(mask.count - 8))};
}
inline void store(float* x, Mask mask, Values a) {
    if (mask.count == 16) return store(x, a);
    _mm256_maskstore_ps(x, lanes_below(mask.count), a.low);
    _mm256_maskstore_ps(x + 8, lanes_below(mask.count - 8), a.high);
}
inline Values turned(Values a, Values by) {
    const auto half = [](__m256 x, __m256 turn) {
        const __m256 crossed = _mm256_mul_ps(_mm256_permute_ps(x, 0xb1), _mm256_movehdup_ps(turn));
        return _mm256_fmaddsub_ps(x, _mm256_moveldup_ps(turn), crossed);
    };
    return {half(a.low, by.low), half(a.high, by.high)};
}
inline Values widened(__m256i bits) {
    const auto half = [](__m128i eight) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(eight), 16)); };
    return {half(_mm256_castsi256_si128(bits)), half(_mm256_extracti128_si256(bits, 1))};
}
inline __m256i narrowed(Values a) {
    const auto half = [](__m256 x) {
        const __m256i bits = _mm256_castps_si256(x), odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
        const __m256i sum = _mm256_srli_epi32(_mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd), 16);
        return _mm256_blendv_epi8(sum, _mm256_set1_epi32(0x7fc0), _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q)));
    };
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(half(a.low), half(a.high)), 0xd8);
}
inline Values load(const bf16* x, Mask mask) {
    if (mask.count == 16) return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x)));
    alignas(32) uint16_t some[16] = {};
    std::memcpy(some, x, static_cast<size_t>(mask.count) * sizeof(uint16_t));
    return widened(_mm256_load_si256(reinterpret_cast<const __m256i*>(some)));
}
inline void store(bf16* x, Mask mask, Values a) {
    if (mask.count == 16) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(x), narrowed(a));
    alignas(32) uint16_t some[16];
    _mm256_store_si256(reinterpret_cast<__m256i*>(some), narrowed(a));
    std::memcpy(x, some, static_cast<size_t>(mask.count) * sizeof(uint16_t));
}
inline void store_pairs(uint16_t* x, __m256i even, __m256i odd) {
    const auto half = [](__m128i low, __m128i high) {
        return _mm256_or_si256(_mm256_cvtepu16_epi32(low), _mm256_slli_epi32(_mm256_cvtepu16_epi32(high), 16));
    };
    auto* const to = reinterpret_cast<__m256i*>(x);
    _mm256_storeu_si256(to, half(_mm256_castsi256_si128(even), _mm256_castsi256_si128(odd)));
    _mm256_storeu_si256(to + 1, half(_mm256_extracti128_si256(even, 1), _mm256_extracti128_si256(odd, 1)));
}

#endif

// exp(x) to 1 ulp or two: 2^n times the polynomial of the rest (Cephes, expf).
inline Values exp(Values x) {
    x = least(most(x, all(-104.0F)), all(88.8F));
    const Values n = rounded(mul(x, all(1.44269504088896341F)));
    Values r = fnma(n, all(0.693359375F), x);
    r = fnma(n, all(-2.12194440e-4F), r);
    Values p = all(1.9875691500e-4F);
    for (const float c : {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F}) {
        p = fma(p, r, all(c));
    }
    p = add(fma(p, mul(r, r), r), all(1.0F));
    return scaled(p, n);
}

// 8 x 8 words of 32 bits: rows become columns; strides in words.
inline void transpose(const float* from, int64_t from_stride, float* to, int64_t to_stride) {
    __m256 row[8], pair[8], quad[8];
    for (int i = 0; i < 8; i++) row[i] = _mm256_loadu_ps(from + i * from_stride);
    for (int i = 0; i < 8; i += 2) {
        pair[i] = _mm256_unpacklo_ps(row[i], row[i + 1]);
        pair[i + 1] = _mm256_unpackhi_ps(row[i], row[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        quad[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
        quad[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xee);
        quad[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
        quad[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_ps(to + i * to_stride, _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x20));
        _mm256_storeu_ps(to + (i + 4) * to_stride, _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x31));
    }
}

}  // namespace irs::tiles::IRS_LEVEL
