// lora_merge against f64, into another tensor and in place.
#include "lora_merge.h"

#include "testing.h"

namespace {

using namespace irs;

template <typename T>
void check(testing::Checks& checks, int64_t out, int64_t in, int64_t rank, bool in_place) {
    const float scale = -0.75F;
    std::vector<T> base = testing::normal<T>(out * in, 1);
    const std::vector<T> before = base;
    const std::vector<float> b = testing::normal<float>(out * rank, 2), a = testing::normal<float>(rank * in, 3);
    std::vector<T> other(base.size());
    T* weight = in_place ? base.data() : other.data();
    lora_merge(base.data(), out, in, b.data(), a.data(), rank, scale, weight);
    for (int64_t i = 0; i < out * in; i++) {
        double wanted = to_float(before[static_cast<size_t>(i)]);
        for (int64_t k = 0; k < rank; k++) {
            wanted += double{scale} * b[static_cast<size_t>(i / in * rank + k)] *
                      a[static_cast<size_t>(k * in + i % in)];
        }
        checks.near(testing::type_name<T>(), i, to_float(weight[i]), wanted, testing::ulp<T>() + 2e-6);
    }
}

template <typename T>
void check_all(testing::Checks& checks) {
    check<T>(checks, 37, 300, 16, false);
    check<T>(checks, 5, 256, 1, true);
    check<T>(checks, 1, 1, 3, false);
    checks.report(testing::type_name<T>());
}

}  // namespace

int main() {
    testing::Checks checks;
    check_all<float>(checks);
    check_all<bf16>(checks);
    return checks.result();
}
