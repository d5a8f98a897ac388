#include "clip_preprocess.h"

#include <algorithm>
#include <cmath>

#include "clones.h"
#include "parallel.h"
#include "rows.h"

namespace irs {

namespace {

constexpr double kSharpness = -0.5;  // of the bicubic filter
constexpr double kPi = 3.14159265358979323846;

// How far a filter reaches, in places of the coarser grid.
double reach(Filter filter) {
    switch (filter) {
        case Filter::lanczos: return 3;
        case Filter::bicubic: return 2;
        case Filter::bilinear:
        case Filter::hamming: return 1;
        default: return 0.5;
    }
}

double sinc(double x) { return x == 0 ? 1 : std::sin(kPi * x) / (kPi * x); }

double weigh(Filter filter, double x) {
    if (filter == Filter::box) return x > -0.5 && x <= 0.5 ? 1 : 0;
    x = std::fabs(x);
    if (x >= reach(filter)) return 0;
    switch (filter) {
        case Filter::lanczos: return sinc(x) * sinc(x / 3);
        case Filter::bilinear: return 1 - x;
        case Filter::hamming: return sinc(x) * (0.54 + 0.46 * std::cos(kPi * x));
        default:
            if (x < 1) return ((kSharpness + 2) * x - (kSharpness + 3)) * x * x + 1;
            return (((x - 5) * x + 8) * x - 4) * kSharpness;
    }
}

// A line's taps: out[i] = the sum of weights[i] and the places from first[i] on, which lie `stride` apart.
IRS_CLONES void filter(const float* in, const int64_t* first, const float* weights, int64_t most, int64_t size,
                       int64_t count, float* out) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t taps = std::min(most, size - first[i]);
        float sum = 0;
        for (int64_t j = 0; j < taps; j++) sum += weights[i * most + j] * in[first[i] + j];
        out[i] = sum;
    }
}

// out += weight * in
IRS_CLONES void accumulate(const float* in, float weight, int64_t count, float* out) {
    for (int64_t i = 0; i < count; i++) out[i] += weight * in[i];
}

template <typename T>
void eight_bit(const T* in, int64_t count, float* out) {
    for (int64_t i = 0; i < count; i++) out[i] = std::nearbyint(to_float(in[i]) * 255.0F) / 255.0F;
}

}  // namespace

Taps::Taps(int64_t in, int64_t out, int64_t begin, int64_t count, Filter filter) {
    const double scale = static_cast<double>(in) / static_cast<double>(out), shrink = std::max(scale, 1.0);
    const double support = reach(filter) * shrink;
    const bool one = in == out || filter == Filter::nearest;
    most = one ? 1 : std::min(in, static_cast<int64_t>(std::ceil(support)) * 2 + 1);
    first.resize(static_cast<size_t>(count));
    weights.resize(static_cast<size_t>(count * most));
    for (int64_t i = 0; i < count; i++) {
        const int64_t place = std::clamp<int64_t>(begin + i, 0, out - 1);
        const double centre = scale * (static_cast<double>(place) + 0.5);
        int64_t from = in == out ? place : std::min(static_cast<int64_t>(centre), in - 1), taps = 1;
        if (!one) {
            from = std::max<int64_t>(static_cast<int64_t>(centre - support + 0.5), 0);
            taps = std::min(static_cast<int64_t>(centre + support + 0.5), in) - from;
        }
        first[static_cast<size_t>(i)] = from;
        if (place != begin + i) continue;
        std::vector<double> raw;
        double sum = 0;
        for (int64_t j = 0; j < taps; j++) {
            raw.push_back(one ? 1 : weigh(filter, (static_cast<double>(from + j) - centre + 0.5) / shrink));
            sum += raw.back();
        }
        for (int64_t j = 0; j < taps; j++) {
            weights[static_cast<size_t>(i * most + j)] = static_cast<float>(raw[static_cast<size_t>(j)] / sum);
        }
    }
}

template <typename T>
void clip_preprocess(const T* images, int64_t n, int64_t height, int64_t width, const Taps& rows, const Taps& columns,
                     const float* mean, const float* std, float* out) {
    const auto tall = static_cast<int64_t>(rows.first.size()), wide = static_cast<int64_t>(columns.first.size());
    const int64_t top = rows.first.front(), bottom = std::min(height, rows.first.back() + rows.most);
    parallel_for(n * 3, 1, [&](int64_t begin, int64_t end) {
        std::vector<float> line(static_cast<size_t>(width)), narrow(static_cast<size_t>((bottom - top) * wide));
        for (int64_t plane = begin; plane < end; plane++) {
            // Along the rows first, as ATen.
            for (int64_t y = top; y < bottom; y++) {
                eight_bit(images + (plane * height + y) * width, width, line.data());
                filter(line.data(), columns.first.data(), columns.weights.data(), columns.most, width, wide,
                       narrow.data() + (y - top) * wide);
            }
            for (int64_t y = 0; y < tall; y++) {
                float* const to = out + (plane * tall + y) * wide;
                std::fill_n(to, wide, 0.0F);
                const int64_t first = rows.first[static_cast<size_t>(y)];
                for (int64_t j = 0; j < std::min(rows.most, height - first); j++) {
                    accumulate(narrow.data() + (first + j - top) * wide, rows.weights[static_cast<size_t>(y * rows.most + j)],
                               wide, to);
                }
                for (int64_t x = 0; x < wide; x++) {
                    to[x] = (std::clamp(to[x], 0.0F, 1.0F) - mean[plane % 3]) / std[plane % 3];  // bicubic overshoots at edges
                }
            }
        }
    });
}

template void clip_preprocess(const float*, int64_t, int64_t, int64_t, const Taps&, const Taps&, const float*,
                              const float*, float*);
template void clip_preprocess(const bf16*, int64_t, int64_t, int64_t, const Taps&, const Taps&, const float*,
                              const float*, float*);

}  // namespace irs
