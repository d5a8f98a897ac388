// Transitions against sums in f64: every pair of types, missing terms, in place, and the reference's rounding of b v.
#include "transition.h"

#include "testing.h"

namespace {

using namespace irs;

template <typename T, typename V>
void check(testing::Checks& checks, int64_t n, int64_t count, bool velocity, bool noise, bool rounded) {
    const std::vector<T> x = testing::normal<T>(n * count, 1);
    const std::vector<V> v = testing::normal<V>(n * count, 2);
    const std::vector<float> z = testing::normal<float>(n * count, 3);
    const std::vector<float> a = testing::normal<float>(n, 4), b = testing::normal<float>(n, 5), c = testing::normal<float>(n, 6);
    std::vector<T> out = x;
    transition(out.data(), velocity ? v.data() : nullptr, noise ? z.data() : nullptr, n, count, a.data(),
               velocity ? b.data() : nullptr, noise ? c.data() : nullptr, rounded, out.data());
    for (int64_t i = 0; i < n * count; i++) {
        const auto at = static_cast<size_t>(i), row = static_cast<size_t>(i / count);
        const double product = double{b[row]} * to_float(v[at]);
        double wanted = double{a[row]} * to_float(x[at]);
        if (velocity) wanted += rounded ? to_float(from_float<V>(static_cast<float>(product))) : product;
        if (noise) wanted += double{c[row]} * z[at];
        checks.near("transition", i, to_float(out[at]), wanted, 2 * testing::ulp<T>() + 4e-7);
    }
}

template <typename T, typename V>
void check_all(testing::Checks& checks) {
    check<T, V>(checks, 1, 1, true, false, true);
    check<T, V>(checks, 3, 777, true, true, false);
    check<T, V>(checks, 2, 40000, true, false, true);
    check<T, V>(checks, 2, 100, false, true, false);
    check<T, V>(checks, 2, 100, false, false, false);
    checks.report(testing::type_name<T>());
}

}  // namespace

int main() {
    testing::Checks checks;
    check_all<float, float>(checks);
    check_all<float, bf16>(checks);
    check_all<bf16, float>(checks);
    check_all<bf16, bf16>(checks);
    return checks.result();
}
