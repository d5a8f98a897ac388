// Rows in FP8 against a search for the nearest of all 256 values.
#include "fp8_rows.h"

#include "testing.h"

namespace {

using namespace irs;

double value_of(uint8_t bits) {
    const int exponent = bits >> 3 & 15, mantissa = bits & 7;
    if ((bits & 0x7f) == 0x7f) return NAN;
    const double magnitude = exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(8 + mantissa, exponent - 10);
    return (bits & 0x80) != 0 ? -magnitude : magnitude;
}

template <typename T>
void check(testing::Checks& checks, int64_t rows, int64_t width, float spread) {
    std::vector<T> x = testing::normal<T>(rows * width, 1, 0, spread);
    for (int64_t c = 0; c < width; c++) x[static_cast<size_t>(c)] = from_float<T>(0);  // a row of zeros
    std::vector<uint8_t> values(x.size());
    std::vector<float> scales(static_cast<size_t>(rows));
    fp8_rows(x.data(), rows, width, values.data(), scales.data());
    for (int64_t r = 0; r < rows; r++) {
        double most = 0;
        for (int64_t c = 0; c < width; c++) {
            const auto at = static_cast<size_t>(r * width + c);
            const double scaled = to_float(x[at]) / scales[static_cast<size_t>(r)], got = value_of(values[at]);
            most = std::fmax(most, std::fabs(got));
            double nearest = INFINITY;
            for (int bits = 0; bits < 256; bits++) {
                const double distance = std::fabs(value_of(static_cast<uint8_t>(bits)) - scaled);
                if (distance < nearest) nearest = distance;
            }
            checks.near("the distance", r * width + c, std::fabs(got - scaled), nearest, 1e-5 * std::fmax(1, nearest));
        }
        checks.that(r == 0 ? most == 0 : most == kFp8Most, "the largest is at 448");
    }
}

}  // namespace

int main() {
    testing::Checks checks;
    check<float>(checks, 5, 300, 1);
    check<float>(checks, 3, 33, 1e-20F);
    check<bf16>(checks, 4, 64, 100);
    checks.report("nearest of all values");
    return checks.result();
}
