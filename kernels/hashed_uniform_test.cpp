// hashed_uniform_fill against values that Python's integers gave, and against the moments of a uniform distribution.
#include "hashed_uniform.h"

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
    int failures = 0;
    const auto expect = [&](bool good, const char* what) {
        if (!good) {
            std::fprintf(stderr, "failed: %s\n", what);
            failures++;
        }
    };
    const int64_t positions[] = {0, 1, 2, 1000000};
    const uint32_t plain[] = {0x11fd02eb, 0xbb2aafde, 0xd6a3deec, 0x8ee511b1};
    const uint32_t seeded[] = {0x7cf9a9b1, 0xbb410f88, 0x836792df, 0xf93ffdad};
    for (int i = 0; i < 4; i++) {
        expect(irs::hashed_bits(positions[i], 0) == plain[i], "bits of seed 0");
        expect(irs::hashed_bits(positions[i], 0x123456789abcdef0) == seeded[i], "bits of another seed");
    }
    std::vector<float> values(1 << 20);
    irs::hashed_uniform_fill(values.data(), static_cast<int64_t>(values.size()), 7);
    double mean = 0, square = 0;
    for (const float value : values) {
        expect(value >= 0 && value <= 1, "a value in [0, 1]");
        mean += value;
        square += value * value;
    }
    const auto n = static_cast<double>(values.size());
    mean /= n;
    const double variance = square / n - mean * mean;
    // five standard errors: sqrt(1/12/n), sqrt(1/180/n)
    expect(std::abs(mean - 1.0 / 2) < 5 * std::sqrt(1.0 / 12 / n), "mean 1/2");
    expect(std::abs(variance - 1.0 / 12) < 5 * std::sqrt(1.0 / 180 / n), "variance 1/12");
    return failures == 0 ? 0 : 1;
}
