#include "fp8_rows.h"

#include <cmath>
#include <cstring>

#include "parallel.h"
#include "rows.h"

namespace irs {

namespace {

// |x| up to 448; NaN stays NaN.
uint8_t to_e4m3(float x) {
    uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    const auto sign = static_cast<uint8_t>(bits >> 24 & 0x80);
    const float magnitude = std::fabs(x);
    if (x != x) return static_cast<uint8_t>(sign | 0x7f);
    // Below 2^-6 there are no more exponents: steps of 2^-9.
    if (magnitude < 0x1p-6F) return static_cast<uint8_t>(sign | static_cast<uint8_t>(std::nearbyint(magnitude * 0x1p9F)));
    bits &= 0x7fffffff;
    bits += 0x7ffff + (bits >> 20 & 1);                           // to the mantissa's third bit
    const uint32_t exponent = (bits >> 23) - 120;                 // biased by 7 rather than 127
    return static_cast<uint8_t>(sign | exponent << 3 | (bits >> 20 & 7));
}

}  // namespace

template <typename T>
void fp8_rows(const T* x, int64_t rows, int64_t width, uint8_t* values, float* scales) {
    parallel_for(rows, 8, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; r++) {
            const T* row = x + r * width;
            float most = 0;
            for (int64_t c = 0; c < width; c++) most = std::fmax(most, std::fabs(to_float(row[c])));
            // A row of zeros stays one.
            const float scale = most > 0 ? most / kFp8Most : 1.0F;
            scales[r] = scale;
            for (int64_t c = 0; c < width; c++) values[r * width + c] = to_e4m3(to_float(row[c]) / scale);
        }
    });
}

template void fp8_rows(const float*, int64_t, int64_t, uint8_t*, float*);
template void fp8_rows(const bf16*, int64_t, int64_t, uint8_t*, float*);

}  // namespace irs
