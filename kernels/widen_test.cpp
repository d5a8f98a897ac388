// Halves against a search, every packing against itself at odd offsets, scales and codes against their formula in f64. That the
// blocks of ggml are those of its own programs is tested with their values, from Java.
#include "widen.h"

#include <cmath>
#include <random>

#include "half.h"
#include "testing.h"

namespace {

using namespace irs;

void check_halves(testing::Checks& checks) {
    std::vector<double> values;
    for (int bits = 0; bits <= 0x7c00; bits++) {
        values.push_back(std::ldexp(bits >> 10 == 0 ? bits : 0x400 | (bits & 0x3ff), std::max(bits >> 10, 1) - 25));
        const auto half = static_cast<uint16_t>(bits);
        if (bits < 0x7c00) checks.that(half_to_float(half) == values.back(), "a half is its value");
        checks.that(float_to_half(half_to_float(half)) == half, "a half survives");
        checks.that(float_to_half(half_to_float(half | 0x8000)) == (half | 0x8000), "a negative half survives");
    }
    for (size_t i = 0; i + 1 < values.size(); i++) {
        // Between neighbours: the nearer one, in the middle the even one.
        const double middle = (values[i] + values[i + 1]) / 2;
        const float below = std::nextafter(static_cast<float>(middle), 0.0F), above = std::nextafter(static_cast<float>(middle), 1e9F);
        checks.that(float_to_half(below) == i, "to the lower neighbour");
        checks.that(float_to_half(static_cast<float>(middle)) == i + i % 2, "to the even neighbour");
        checks.that(float_to_half(above) == i + 1, "to the upper neighbour");
    }
    checks.that(std::isnan(half_to_float(float_to_half(NAN))), "NaN stays NaN");
}

std::vector<uint8_t> random_bytes(size_t count) {
    std::mt19937 engine(1);
    std::vector<uint8_t> out(count);
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(engine());
    return out;
}

// A part, however it lies among the blocks, is that part of the whole.
void check_parts(testing::Checks& checks) {
    const std::vector<float> code = testing::normal<float>(256, 2);
    for (int32_t number = 0; block_of(static_cast<Packing>(number)).values > 0; number++) {
        const auto packing = static_cast<Packing>(number);
        const PackedBlock block = block_of(packing);
        const int64_t count = 2048;
        const std::vector<uint8_t> data = random_bytes(static_cast<size_t>(count / block.values * block.bytes));
        const std::vector<float> scales = testing::normal<float>(100, 3);
        Packed packed{packing, data.data(), data.size(), 0, code.data(), scales.data(), 100, 48, 0.25F, Rounding::none};
        std::vector<float> whole(static_cast<size_t>(count));
        std::vector<bf16> rounded(whole.size());
        widen(packed, count, whole.data());
        widen(packed, count, rounded.data());
        for (const int64_t first : {0, 1, 31, 255, 300}) {
            packed.first = first;
            std::vector<float> part(static_cast<size_t>(count - first) - 3);
            widen_here(packed, static_cast<int64_t>(part.size()), part.data());
            checks.that(std::memcmp(part.data(), whole.data() + first, part.size() * sizeof(float)) == 0,
                        "a part is that of the whole");
        }
        for (size_t i = 0; i < whole.size(); i++) {
            checks.that(std::isnan(whole[i]) || rounded[i].bits == from_float<bf16>(whole[i]).bits, "bf16 is f32 rounded");
        }
    }
    checks.that(block_of(static_cast<Packing>(20)).values == 0 && block_of(static_cast<Packing>(-1)).values == 0,
                "other numbers are no packing");
}

void check_codes(testing::Checks& checks) {
    const std::vector<float> code = testing::normal<float>(16, 4), scales = testing::normal<float>(4, 5);
    const std::vector<uint8_t> data = random_bytes(128);
    const Packed packed{Packing::code4, data.data(), data.size(), 0, code.data(), scales.data(), 4, 64, 0, Rounding::none};
    float out[256];
    widen_here(packed, 256, out);
    for (size_t i = 0; i < 256; i++) {
        const double value = code[i % 2 == 0 ? data[i / 2] >> 4 : data[i / 2] & 15];
        checks.near("a code times its scale", static_cast<int64_t>(i), out[i], value * scales[i / 64], 1e-7);
    }
    Packed halves = packed;
    halves.rounding = Rounding::f16;
    float rounded[256];
    widen_here(halves, 256, rounded);
    for (size_t i = 0; i < 256; i++) checks.that(rounded[i] == half_to_float(float_to_half(out[i])), "rounded to f16");
}

}  // namespace

int main() {
    testing::Checks checks;
    check_halves(checks);
    check_parts(checks);
    check_codes(checks);
    checks.report("codes and scales");
    return checks.result();
}
