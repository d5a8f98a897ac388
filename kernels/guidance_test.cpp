// Guidance against f64, with rows that are not guided, and negatives in any order.
#include "guidance.h"

#include "testing.h"

namespace {

using namespace irs;

template <typename T>
void check(testing::Checks& checks, int64_t count, const std::vector<int64_t>& negative) {
    const auto n = static_cast<int64_t>(negative.size());
    const std::vector<T> v = testing::normal<T>(2 * n * count, 1);
    const std::vector<float> scale = testing::normal<float>(n, 2, 3);
    std::vector<T> out(static_cast<size_t>(n * count));
    guidance(v.data(), n, count, negative.data(), scale.data(), out.data());
    for (int64_t i = 0; i < n * count; i++) {
        const auto at = static_cast<size_t>(i), row = static_cast<size_t>(i / count);
        const double positive = to_float(v[at]);
        if (negative[row] < 0) {
            checks.that(to_float(out[at]) == positive, "a row without guidance stays");
            continue;
        }
        const double from = to_float(v[static_cast<size_t>(negative[row] * count + i % count)]);
        checks.near("guidance", i, to_float(out[at]), from + scale[row] * (positive - from), testing::ulp<T>() + 1e-6);
    }
}

template <typename T>
void check_all(testing::Checks& checks) {
    check<T>(checks, 1, {1});
    check<T>(checks, 777, {3, 5, 4});
    check<T>(checks, 40000, {-1, 3, -1});
    checks.report(testing::type_name<T>());
}

}  // namespace

int main() {
    testing::Checks checks;
    check_all<float>(checks);
    check_all<bf16>(checks);
    return checks.result();
}
