// Rows and weights into tiles, at one level.
#include <algorithm>
#include <cmath>

#include "parallel.h"
#include "tile_blocks.h"
#include "tile_kernels.h"

namespace irs::tiles::IRS_LEVEL {

namespace {

constexpr int64_t kGrain = 8;  // rows

template <Format F, typename T>
void put_row(const Rows& rows, int64_t r, const T* x, int64_t column, int64_t width) {
    for (int64_t c = 0; c < width; c += kEdge) {
        const Values low = load(x + c, mask_of(width - c)), high = load(x + c + kHalf, mask_of(width - c - kHalf));
        split<F>(low, high, line_of(rows, r, column + c));
    }
}

template <Format F, typename T>
void modulated_row(const Rows& rows, int64_t r, const T* x, const T* scale, const T* shift, float eps) {
    const int64_t width = rows.width;
    Values sum = zero();
    for (int64_t c = 0; c < width; c += kHalf) sum = add(sum, load(x + c, mask_of(width - c)));
    const Values mean = all(sum_of(sum) / static_cast<float>(width));
    Values squares = zero();
    for (int64_t c = 0; c < width; c += kHalf) {
        const Mask mask = mask_of(width - c);
        const Values centred = keep(mask, sub(load(x + c, mask), mean));
        squares = fma(centred, centred, squares);
    }
    const float variance = sum_of(squares) / static_cast<float>(width);
    const Values inverse = all(1.0F / std::sqrt(variance + eps));
    const auto at = [&](int64_t c) {
        const Mask mask = mask_of(width - c);
        const Values normed = mul(sub(load(x + c, mask), mean), inverse);
        return keep(mask, fma(normed, load(scale + c, mask), load(shift + c, mask)));
    };
    for (int64_t c = 0; c < width; c += kEdge) split<F>(at(c), at(c + kHalf), line_of(rows, r, c));
}

}  // namespace

template <typename T>
void pack(const T* w, int64_t out, int64_t in, Format format, uint16_t* tiles) {
    const int64_t depth = blocks_of(in);
    parallel_for(blocks_of(out), 1, [&](int64_t begin, int64_t end) {
        for (int64_t panel = begin; panel < end; panel++) {
            for (int64_t k = 0; k < depth; k++) {
                const auto row = [&](int64_t i) {
                    const int64_t n = panel * kEdge + i;
                    return n < out ? w + n * in + k * kEdge : nullptr;
                };
                by_format(format, [&](auto known) {
                    constexpr Format f = decltype(known)::format;
                    pack_right<f, T>(row, in - k * kEdge, tiles + (panel * depth + k) * kWords<f>);
                });
            }
        }
    });
}

template <typename T>
void put(const Rows& rows, const RowsOf<const T>& x, int64_t column, int64_t width) {
    parallel_for(rows.count, kGrain, [&](int64_t begin, int64_t end) {
        by_format(rows.format, [&](auto known) {
            for (int64_t r = begin; r < end; r++) put_row<decltype(known)::format>(rows, r, x[r], column, width);
        });
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
            by_format(each.to->format, [&](auto known) {
                for (int64_t i = std::max(begin, first); i < std::min(end, last); i++) {
                    const int64_t r = i - first, b = r / each.x.tokens;
                    modulated_row<decltype(known)::format>(*each.to, r, each.x[r], each.scale[b], each.shift[b], eps);
                }
            });
            first = last;
        }
    });
}

template void pack(const float*, int64_t, int64_t, Format, uint16_t*);
template void pack(const bf16*, int64_t, int64_t, Format, uint16_t*);
template void put(const Rows&, const RowsOf<const float>&, int64_t, int64_t);
template void put(const Rows&, const RowsOf<const bf16>&, int64_t, int64_t);
template void put_modulated(const std::vector<Modulated<float>>&, float);
template void put_modulated(const std::vector<Modulated<bf16>>&, float);

}  // namespace irs::tiles::IRS_LEVEL
