// CLIP's preprocessing against the filter's definition in f64: enlarged, shrunk, cut, framed, as it is, and images that overshoot.
#include "clip_preprocess.h"

#include "testing.h"

namespace {

using namespace irs;

constexpr double kPi = 3.14159265358979323846;

double sinc(double x) { return x == 0 ? 1 : std::sin(kPi * x) / (kPi * x); }

// The filters as PIL's documentation has them; the bicubic is Keys' cubic, a = -0.5.
double value(Filter filter, double x) {
    const double far = std::fabs(x);
    switch (filter) {
        case Filter::lanczos: return far < 3 ? sinc(x) * sinc(x / 3) : 0;
        case Filter::bilinear: return std::fmax(1 - far, 0);
        case Filter::hamming: return far < 1 ? sinc(x) * (0.54 + 0.46 * std::cos(kPi * x)) : 0;
        case Filter::box: return x > -0.5 && x <= 0.5 ? 1 : 0;
        default:
            if (far < 1) return 1.5 * far * far * far - 2.5 * far * far + 1;
            return far < 2 ? -0.5 * far * far * far + 2.5 * far * far - 4 * far + 2 : 0;
    }
}

// The weight of place j in resized place i, before they are made to sum to 1; 0 outside of the image.
double weight(Filter filter, int64_t in, int64_t out, int64_t i, int64_t j) {
    if (i < 0 || i >= out) return 0;
    if (in == out) return i == j ? 1 : 0;
    const double scale = static_cast<double>(in) / static_cast<double>(out), shrink = std::fmax(scale, 1);
    const double centre = scale * (static_cast<double>(i) + 0.5);
    if (filter == Filter::nearest) return std::floor(centre) == static_cast<double>(j) ? 1 : 0;
    return value(filter, (static_cast<double>(j) + 0.5 - centre) / shrink);
}

template <typename T>
void check(testing::Checks& checks, int64_t height, int64_t width, int64_t edge, int64_t crop, float spread,
           Filter filter = Filter::bicubic) {
    const int64_t n = 2, tall = height <= width ? edge : edge * height / width;
    const int64_t wide = height <= width ? edge * width / height : edge;
    const int64_t top = (tall - crop) / 2, left = (wide - crop) / 2;  // below 0: framed
    const std::vector<T> images = testing::normal<T>(n * 3 * height * width, 1, 0.5F, spread);
    const float mean[] = {0.48F, 0.46F, 0.41F}, std[] = {0.27F, 0.26F, 0.28F};
    std::vector<float> out(static_cast<size_t>(n * 3 * crop * crop));
    clip_preprocess(images.data(), n, height, width, Taps(height, tall, top, crop, filter),
                    Taps(width, wide, left, crop, filter), mean, std, out.data());
    for (int64_t plane = 0; plane < 3 * n; plane++) {
        for (int64_t y = 0; y < crop; y += 3) {
            for (int64_t x = 0; x < crop; x++) {
                double sum = 0, weights = 0;
                for (int64_t i = 0; i < height; i++) {
                    const double by = weight(filter, height, tall, top + y, i);
                    if (by == 0) continue;
                    for (int64_t j = 0; j < width; j++) {
                        const double both = by * weight(filter, width, wide, left + x, j);
                        const auto at = static_cast<size_t>((plane * height + i) * width + j);
                        weights += both;
                        sum += both * std::nearbyint(to_float(images[at]) * 255.0F) / 255;
                    }
                }
                const double clamped = weights == 0 ? 0 : std::fmin(std::fmax(sum / weights, 0), 1);
                const int64_t at = (plane * crop + y) * crop + x;
                checks.near("clip_preprocess", at, out[static_cast<size_t>(at)],
                            (clamped - mean[plane % 3]) / std[plane % 3], 4e-6);
            }
        }
    }
}

}  // namespace

int main() {
    testing::Checks checks;
    check<float>(checks, 16, 16, 56, 56, 0.2F);
    check<float>(checks, 40, 23, 18, 16, 0.2F);
    check<float>(checks, 23, 61, 24, 20, 1.0F);
    check<bf16>(checks, 20, 20, 20, 20, 0.2F);
    for (const Filter filter : {Filter::nearest, Filter::lanczos, Filter::bilinear, Filter::box, Filter::hamming}) {
        check<float>(checks, 41, 24, 17, 15, 0.2F, filter);
        check<float>(checks, 9, 11, 23, 28, 0.2F, filter);  // framed in black above and below
    }
    check<float>(checks, 12, 8, 8, 15, 0.2F);  // as it is, framed
    checks.report("f32 and bf16");
    return checks.result();
}
