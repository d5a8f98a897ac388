// What CLIP's image tower reads of an image in [0, 1]: rounded to 8 bits, resized by an antialiased filter, clamped, the
// middle cut out or framed in black, normalised; in one pass over what the middle needs. As PIL's resize and transformers'
// CLIPImageProcessor, in f32 (Pillow src/libImaging/Resample.c; the bicubic is ATen's antialiased one too, a = -0.5).
#pragma once

#include <cstdint>
#include <vector>

namespace irs {

// How places are weighed: PIL's filters, by PIL's numbers.
enum class Filter { nearest = 0, lanczos = 1, bilinear = 2, bicubic = 3, box = 4, hamming = 5 };

// The places of one axis that each resized place is a sum of.
struct Taps {
    // Resized places [begin, begin + count) of `in` places that become `out`; places outside of [0, out) weigh nothing.
    Taps(int64_t in, int64_t out, int64_t begin, int64_t count, Filter filter);

    int64_t most;                 // taps of a place
    std::vector<int64_t> first;   // (count)
    std::vector<float> weights;   // (count, most), 0 behind the last; first + most may leave the axis
};

// images (n, 3, height, width) to out (n, 3, rows, columns), one for each place of the taps: (x - mean) / std by channel.
template <typename T>
void clip_preprocess(const T* images, int64_t n, int64_t height, int64_t width, const Taps& rows, const Taps& columns,
                     const float* mean, const float* std, float* out);

}  // namespace irs
