// Attention at one level.
#include <algorithm>
#include <cmath>

#include "parallel.h"
#include "tile_kernels.h"
#include "tile_multiply.h"

namespace irs::tiles::IRS_LEVEL {

namespace {

// One head's keys as the right side of q k^T: panels of 32 keys, each over the head's width.
template <Format F, typename T>
void pack_keys(const RowsOf<const T>& k, int64_t first, int64_t offset, int64_t head_dim, uint16_t* out) {
    const int64_t depth = blocks_of(head_dim);
    for (int64_t panel = 0; panel < blocks_of(k.tokens); panel++) {
        for (int64_t c = 0; c < depth; c++) {
            const auto row = [&](int64_t i) {
                const int64_t token = panel * kEdge + i;
                return token < k.tokens ? k[first + token] + offset + c * kEdge : nullptr;
            };
            pack_right<F, T>(row, head_dim - c * kEdge, out + (panel * depth + c) * kWords<F>);
        }
    }
}

// One head's values as the right side of p v: panels of 32 columns, each over all keys.
template <Format F, typename T>
void pack_values(const RowsOf<const T>& v, int64_t first, int64_t offset, int64_t head_dim, uint16_t* out) {
    const int64_t depth = blocks_of(v.tokens);
    for (int64_t panel = 0; panel < blocks_of(head_dim); panel++) {
        for (int64_t block = 0; block < depth; block++) {
            const int64_t column = panel * kEdge;
            const auto row = [&](int64_t k) {
                const int64_t token = block * kEdge + k;
                return token < v.tokens ? v[first + token] + offset + column : nullptr;
            };
            pack_columns<F, T>(row, head_dim - column, out + (panel * depth + block) * kWords<F>);
        }
    }
}

// exp(x - max) of a row of scores, whose panels of 32 lie kBlock apart, as lines of the left side of p v. Returns 1 / sum.
template <Format F>
float softmax(const float* scores, int64_t keys, float scale, uint16_t* line) {
    const int64_t panels = blocks_of(keys);
    Values top = all(-INFINITY);
    const auto visit = [&](const auto& use) {
        for (int64_t panel = 0; panel < panels; panel++) {
            const float* x = scores + panel * kBlock;
            const Mask low = mask_of(keys - panel * kEdge), high = mask_of(keys - panel * kEdge - kHalf);
            use(panel, load(x), low, load(x + kHalf), high);
        }
    };
    visit([&](int64_t, Values a, Mask low, Values b, Mask high) {
        top = most_where(low, top, a);
        top = most_where(high, top, b);
    });
    const Values by = all(scale), highest = all(most_of(top) * scale);
    Values sum = zero();
    visit([&](int64_t panel, Values a, Mask low, Values b, Mask high) {
        const Values first = keep(low, exp(fms(a, by, highest))), second = keep(high, exp(fms(b, by, highest)));
        sum = add(sum, add(first, second));
        split<F>(first, second, line + panel * kWords<F>);
    });
    return 1.0F / sum_of(sum);
}

uint16_t* place_of(const std::vector<Attended>& out, int64_t b, int64_t token, int64_t column) {
    size_t i = 0;
    while (token >= out[i].first + out[i].count) i++;
    return line_of(*out[i].rows, b * out[i].count + token - out[i].first, column);
}

template <Format F, typename T>
void attention_of(const RowsOf<const T>& q, const RowsOf<const T>& k, const RowsOf<const T>& v, int64_t heads,
                  int64_t head_dim, const std::vector<Attended>& out) {
    constexpr int64_t line = F == Format::f32 ? 2 * kEdge : kEdge;  // words from row to row of a block
    const int64_t depth = blocks_of(head_dim), keys = blocks_of(k.tokens), queries = blocks_of(q.tokens);
    const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
    parallel_for(q.batch * heads, 1, [&](int64_t begin, int64_t end) {
        static thread_local Scratch<uint16_t> key_memory, value_memory, query_memory, weight_memory;
        static thread_local Scratch<float> score_memory;
        uint16_t* const packed_keys = key_memory.of(keys * depth * kWords<F>);
        uint16_t* const packed_values = value_memory.of(keys * depth * kWords<F>);
        uint16_t* const packed_query = query_memory.of(depth * kWords<F>);
        uint16_t* const weights = weight_memory.of(keys * kWords<F>);
        float* const scores = score_memory.of(keys * kBlock);
        alignas(64) float sums[kBlock];
        const Tiles tiles;
        for (int64_t task = begin; task < end; task++) {
            const int64_t b = task / heads, offset = task % heads * head_dim;
            pack_keys<F>(k, b * k.tokens, offset, head_dim, packed_keys);
            pack_values<F>(v, b * v.tokens, offset, head_dim, packed_values);
            for (int64_t block = 0; block < queries; block++) {
                const int64_t first = block * kEdge, count = std::min(kEdge, q.tokens - first);
                for (int64_t i = 0; i < kEdge; i++) {
                    const T* x = q[b * q.tokens + first + std::min(i, count - 1)] + offset;
                    for (int64_t c = 0; c < depth; c++) {
                        const int64_t left = head_dim - c * kEdge;
                        split<F>(load(x + c * kEdge, mask_of(left)), load(x + c * kEdge + kHalf, mask_of(left - kHalf)),
                                 packed_query + c * kWords<F> + i * line);
                    }
                }
                for (int64_t panel = 0; panel < keys; panel++) {
                    multiply<F>(packed_query, packed_keys + panel * depth * kWords<F>, depth,
                                    scores + panel * kBlock, false);
                }
                float inverse[kEdge];
                for (int64_t i = 0; i < kEdge; i++) {
                    inverse[i] = softmax<F>(scores + i * kEdge, k.tokens, scale, weights + i * line);
                }
                for (int64_t panel = 0; panel < depth; panel++) {
                    multiply<F>(weights, packed_values + panel * keys * kWords<F>, keys, sums, false);
                    const int64_t column = panel * kEdge;
                    for (int64_t i = 0; i < count; i++) {
                        const Values by = all(inverse[i]);
                        for (int64_t c = column; c < std::min(head_dim, column + kEdge); c += kHalf) {
                            split<F>(mul(load(sums + i * kEdge + c - column), by), place_of(out, b, first + i, offset + c));
                        }
                    }
                }
            }
        }
    });
}

}  // namespace

template <typename T>
void attention(const RowsOf<const T>& q, const RowsOf<const T>& k, const RowsOf<const T>& v, int64_t heads,
               int64_t head_dim, const std::vector<Attended>& out) {
    by_format(format_of<T>(), [&](auto known) { attention_of<decltype(known)::format>(q, k, v, heads, head_dim, out); });
}

template void attention(const RowsOf<const float>&, const RowsOf<const float>&, const RowsOf<const float>&, int64_t,
                        int64_t, const std::vector<Attended>&);
template void attention(const RowsOf<const bf16>&, const RowsOf<const bf16>&, const RowsOf<const bf16>&, int64_t,
                        int64_t, const std::vector<Attended>&);

}  // namespace irs::tiles::IRS_LEVEL
