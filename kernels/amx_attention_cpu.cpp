#include "amx_attention.h"

#include "parallel.h"

#if defined(__AMX_TILE__) && defined(__AVX512F__)

#include <algorithm>
#include <cmath>

#include "amx_tiles.h"

namespace irs::amx {

namespace {

// One head's keys as the right side of q k^T: panels of 32 keys, each over the head's width.
template <typename T>
void pack_keys(const RowsOf<const T>& k, int64_t first, int64_t offset, int64_t head_dim, uint16_t* out) {
    const int64_t depth = blocks_of(head_dim);
    for (int64_t panel = 0; panel < blocks_of(k.tokens); panel++) {
        for (int64_t c = 0; c < depth; c++) {
            const auto row = [&](int64_t i) {
                const int64_t token = panel * kEdge + i;
                return token < k.tokens ? k[first + token] + offset + c * kEdge : nullptr;
            };
            pack_right<T>(row, head_dim - c * kEdge, out + (panel * depth + c) * parts_of<T>() * kPair);
        }
    }
}

// One head's values as the right side of p v: panels of 32 columns, each over all keys.
template <typename T>
void pack_values(const RowsOf<const T>& v, int64_t first, int64_t offset, int64_t head_dim, uint16_t* out) {
    constexpr int parts = parts_of<T>();
    const int64_t depth = blocks_of(v.tokens);
    for (int64_t panel = 0; panel < blocks_of(head_dim); panel++) {
        for (int64_t block = 0; block < depth; block++) {
            uint16_t* to = out + (panel * depth + block) * parts * kPair;
            for (int64_t pair = 0; pair < kHalf; pair++) {
                for (int64_t half = 0; half < 2; half++) {
                    const int64_t column = panel * kEdge + half * kHalf;
                    const auto row = [&](int64_t odd) {
                        const int64_t token = block * kEdge + 2 * pair + odd;
                        const __mmask16 mask = token < v.tokens ? mask_of(head_dim - column) : __mmask16(0);
                        return load(v[first + std::min(token, v.tokens - 1)] + offset + column, mask);
                    };
                    __m512 even = row(0), odd = row(1);
                    for (int part = 0; part < parts; part++) {
                        const __m256i low = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(even));
                        const __m256i high = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(odd));
                        const __m512i both = _mm512_or_si512(_mm512_cvtepu16_epi32(low),
                                                             _mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
                        _mm512_store_si512(to + part * kPair + half * kTile + pair * kEdge, both);
                        even = _mm512_sub_ps(even, widened(low));
                        odd = _mm512_sub_ps(odd, widened(high));
                    }
                }
            }
        }
    }
}

// exp(x - max) of a row of scores, whose panels of 32 lie kBlock apart, as lines of the left side of p v. Returns 1 / sum.
template <int Parts>
float softmax(const float* scores, int64_t keys, float scale, uint16_t* line) {
    const int64_t panels = blocks_of(keys);
    __m512 most = _mm512_set1_ps(-INFINITY);
    const auto visit = [&](const auto& use) {
        for (int64_t panel = 0; panel < panels; panel++) {
            const float* x = scores + panel * kBlock;
            const __mmask16 low = mask_of(keys - panel * kEdge), high = mask_of(keys - panel * kEdge - kHalf);
            use(panel, _mm512_load_ps(x), low, _mm512_load_ps(x + kHalf), high);
        }
    };
    visit([&](int64_t, __m512 a, __mmask16 low, __m512 b, __mmask16 high) {
        most = _mm512_mask_max_ps(most, low, most, a);
        most = _mm512_mask_max_ps(most, high, most, b);
    });
    const __m512 by = _mm512_set1_ps(scale), top = _mm512_set1_ps(_mm512_reduce_max_ps(most) * scale);
    __m512 sum = _mm512_setzero_ps();
    visit([&](int64_t panel, __m512 a, __mmask16 low, __m512 b, __mmask16 high) {
        const __m512 first = _mm512_maskz_mov_ps(low, exp(_mm512_fmsub_ps(a, by, top)));
        const __m512 second = _mm512_maskz_mov_ps(high, exp(_mm512_fmsub_ps(b, by, top)));
        sum = _mm512_add_ps(sum, _mm512_add_ps(first, second));
        split<Parts>(first, second, line + panel * Parts * kPair);
    });
    return 1.0F / _mm512_reduce_add_ps(sum);
}

uint16_t* place_of(const std::vector<Attended>& out, int64_t b, int64_t token, int64_t column) {
    size_t i = 0;
    while (token >= out[i].first + out[i].count) i++;
    return line_of(*out[i].rows, b * out[i].count + token - out[i].first, column);
}

}  // namespace

template <typename T>
void attention(const RowsOf<const T>& q, const RowsOf<const T>& k, const RowsOf<const T>& v, int64_t heads,
               int64_t head_dim, const std::vector<Attended>& out) {
    constexpr int parts = parts_of<T>();
    const int64_t depth = blocks_of(head_dim), keys = blocks_of(k.tokens), queries = blocks_of(q.tokens);
    const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
    parallel_for(q.batch * heads, 1, [&](int64_t begin, int64_t end) {
        static thread_local Scratch<uint16_t> key_memory, value_memory, query_memory, weight_memory;
        static thread_local Scratch<float> score_memory;
        uint16_t* const packed_keys = key_memory.of(keys * depth * parts * kPair);
        uint16_t* const packed_values = value_memory.of(keys * depth * parts * kPair);
        uint16_t* const packed_query = query_memory.of(depth * parts * kPair);
        uint16_t* const weights = weight_memory.of(keys * parts * kPair);
        float* const scores = score_memory.of(keys * kBlock);
        alignas(64) float sums[kBlock];
        const Tiles tiles;
        for (int64_t task = begin; task < end; task++) {
            const int64_t b = task / heads, offset = task % heads * head_dim;
            pack_keys(k, b * k.tokens, offset, head_dim, packed_keys);
            pack_values(v, b * v.tokens, offset, head_dim, packed_values);
            for (int64_t block = 0; block < queries; block++) {
                const int64_t first = block * kEdge, count = std::min(kEdge, q.tokens - first);
                for (int64_t i = 0; i < kEdge; i++) {
                    const T* x = q[b * q.tokens + first + std::min(i, count - 1)] + offset;
                    for (int64_t c = 0; c < depth; c++) {
                        const int64_t left = head_dim - c * kEdge;
                        split<parts>(load(x + c * kEdge, mask_of(left)),
                                     load(x + c * kEdge + kHalf, mask_of(left - kHalf)),
                                     packed_query + c * parts * kPair + i * kEdge);
                    }
                }
                for (int64_t panel = 0; panel < keys; panel++) {
                    multiply<parts>(packed_query, packed_keys + panel * depth * parts * kPair, depth,
                                    scores + panel * kBlock, false);
                }
                float inverse[kEdge];
                for (int64_t i = 0; i < kEdge; i++) {
                    inverse[i] = softmax<parts>(scores + i * kEdge, k.tokens, scale, weights + i * kEdge);
                }
                for (int64_t panel = 0; panel < depth; panel++) {
                    multiply<parts>(weights, packed_values + panel * keys * parts * kPair, keys, sums, false);
                    const int64_t column = panel * kEdge;
                    for (int64_t i = 0; i < count; i++) {
                        const __m512 by = _mm512_set1_ps(inverse[i]);
                        for (int64_t c = column; c < std::min(head_dim, column + kEdge); c += kHalf) {
                            const __m512 x = _mm512_load_ps(sums + i * kEdge + c - column);
                            split<parts>(_mm512_mul_ps(x, by), place_of(out, b, first + i, offset + c));
                        }
                    }
                }
            }
        }
    });
}

}  // namespace irs::amx

#else  // no tiles in what is compiled for

#include <stdexcept>

namespace irs::amx {

template <typename T>
void attention(const RowsOf<const T>&, const RowsOf<const T>&, const RowsOf<const T>&, int64_t, int64_t,
               const std::vector<Attended>&) {
    throw std::logic_error("no AMX in this build");
}

}  // namespace irs::amx

#endif

namespace irs::amx {

template void attention(const RowsOf<const float>&, const RowsOf<const float>&, const RowsOf<const float>&, int64_t,
                        int64_t, const std::vector<Attended>&);
template void attention(const RowsOf<const bf16>&, const RowsOf<const bf16>&, const RowsOf<const bf16>&, int64_t,
                        int64_t, const std::vector<Attended>&);

}  // namespace irs::amx
