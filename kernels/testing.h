// What the kernels' tests share: random values and comparison with f64.
#pragma once

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "rows.h"

namespace irs {

namespace testing {

template <typename T>
const char* type_name() {
    return sizeof(T) == sizeof(float) ? "f32" : "bf16";
}

// One ulp at 1, relative to which errors are stated.
template <typename T>
double ulp() {
    return sizeof(T) == sizeof(float) ? 0x1p-23 : 0x1p-7;
}

template <typename T>
std::vector<T> normal(int64_t count, uint32_t seed, float mean = 0, float scale = 1) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> distribution(mean, scale);
    std::vector<T> out(static_cast<size_t>(count));
    for (T& x : out) x = from_float<T>(distribution(engine));
    return out;
}

// Rows' lines of a table, `stride` values apart.
template <typename T>
std::vector<const void*> lines_of(const std::vector<T>& table, const std::vector<int64_t>& index, int64_t stride) {
    std::vector<const void*> out;
    for (const int64_t line : index) out.push_back(table.data() + line * stride);
    return out;
}

class Checks {
public:
    // |got - wanted| <= limit * max(1, |wanted|)
    void near(const char* what, int64_t at, double got, double wanted, double limit) {
        const double error = std::fabs(got - wanted) / std::fmax(1.0, std::fabs(wanted));
        if (error > worst_) worst_ = error;
        if (error <= limit) return;  // NaN fails
        if (failures_++ < 10) {
            std::fprintf(stderr, "%s at %lld: %.9g, expected %.9g within %.1e\n", what, static_cast<long long>(at), got,
                         wanted, limit);
        }
    }

    void that(bool good, const char* what) {
        if (good) return;
        if (failures_++ < 10) std::fprintf(stderr, "failed: %s\n", what);
    }

    // Prints the largest error since the last call.
    void report(const char* what) {
        std::printf("%s: largest error %.1e\n", what, worst_);
        worst_ = 0;
    }

    int result() const { return failures_ == 0 ? 0 : 1; }

private:
    int failures_ = 0;
    double worst_ = 0;
};

}  // namespace testing
}  // namespace irs
