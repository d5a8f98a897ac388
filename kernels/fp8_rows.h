// Rows as FP8 (E4M3: 4 bits of exponent, 3 of mantissa, up to 448) with one f32 scale each: x = values * scale, the row's
// largest magnitude at 448. What a matrix multiplication in FP8 reads. Rounds to nearest, ties to even.
#pragma once

#include <cstdint>

namespace irs {

constexpr float kFp8Most = 448;

template <typename T>
void fp8_rows(const T* x, int64_t rows, int64_t width, uint8_t* values, float* scales);

}  // namespace irs
