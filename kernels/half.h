// IEEE binary16, without the processor's help: conversions are exact, or to nearest with ties to even.
#pragma once

#include <cstdint>
#include <cstring>

namespace irs {

inline float from_bits(uint32_t bits) {
    float out = 0;
    std::memcpy(&out, &bits, sizeof out);
    return out;
}

inline float half_to_float(uint16_t half) {
    const uint32_t sign = static_cast<uint32_t>(half >> 15) << 31, exponent = half >> 10 & 31, mantissa = half & 0x3ff;
    if (exponent == 31) return from_bits(sign | 0x7f800000 | mantissa << 13);
    if (exponent != 0) return from_bits(sign | (exponent + 112) << 23 | mantissa << 13);
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
}

inline uint16_t float_to_half(float x) {
    uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return static_cast<uint16_t>(sign | 0x7e00);
    if (magnitude >= 0x47800000) return static_cast<uint16_t>(sign | 0x7c00);  // 2^16 and more
    if (magnitude < 0x38800000) {
        // Below 2^-14 steps are 2^-24: the addition to 2^-1 rounds to them.
        const float shifted = from_bits(magnitude) + 0.5F;
        uint32_t rounded = 0;
        std::memcpy(&rounded, &shifted, sizeof rounded);
        return static_cast<uint16_t>(sign | (rounded - 0x3f000000));
    }
    // What rounds up over 65504 carries into infinity's bits.
    return static_cast<uint16_t>(sign | (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13);
}

}  // namespace irs
