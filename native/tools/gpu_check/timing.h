// Seconds of repeated work, and what of them is told.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "child.h"
#include "json.h"

namespace gpu_check {

constexpr int kWarmups = 2;

// Calls `work`, which waits for the device, and leaves the first calls out.
template <typename Work>
std::vector<double> seconds_of(int32_t repeats, const Work& work) {
    std::vector<double> out;
    for (int32_t i = 0; i < kWarmups + repeats; i++) {
        const double start = now();
        work();
        if (i >= kWarmups) out.push_back(now() - start);
    }
    return out;
}

// Seconds of two works that take turns, and how many times as long the second took in each.
struct Turns {
    std::vector<double> first, second, ratios;
};

// first() and second() do one of theirs and return its seconds; the first turns are left out.
template <typename First, typename Second>
Turns in_turns(int32_t rounds, const First& first, const Second& second) {
    Turns out;
    for (int32_t i = 0; i < kWarmups + rounds; i++) {
        const double one = first(), other = second();
        if (i < kWarmups) continue;
        out.first.push_back(one);
        out.second.push_back(other);
        out.ratios.push_back(other / one);
    }
    return out;
}

// The value that a share of them stays within.
inline double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<size_t>(std::lround(share * static_cast<double>(values.size() - 1)))];
}

inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

inline std::vector<Json::Field> milliseconds(const std::vector<double>& seconds) {
    return {{"ms", 1e3 * median(seconds)}, {"ms_least", 1e3 * quantile(seconds, 0)}, {"ms_p95", 1e3 * quantile(seconds, 0.95)},
            {"repeats", static_cast<double>(seconds.size())}};
}

}  // namespace gpu_check
