// What CLIP's image tower reads of an image in [0, 1]: rounded to 8 bits, its shorter edge resized by an antialiased
// bicubic filter, clamped, the middle cut out, normalised; in one pass over what the middle needs. As PIL's resize and
// transformers' CLIPImageProcessor, in f32 (ATen/native/cpu/UpSampleKernel.cpp, the antialiased bicubic, a = -0.5).
#pragma once

#include <cstdint>
#include <vector>

namespace irs {

// The places of one axis that each resized place is a sum of.
struct Taps {
    // Resized places [begin, begin + count) of `in` places that become `out`.
    Taps(int64_t in, int64_t out, int64_t begin, int64_t count);

    int64_t most;                 // taps of a place
    std::vector<int64_t> first;   // (count)
    std::vector<float> weights;   // (count, most), 0 behind the last
};

// images (n, 3, height, width) to out (n, 3, rows, columns), one for each place of the taps: (x - mean) / std by channel.
template <typename T>
void clip_preprocess(const T* images, int64_t n, int64_t height, int64_t width, const Taps& rows, const Taps& columns,
                     const float* mean, const float* std, float* out);

}  // namespace irs
