// Values stored in fewer bits, as f32 or bf16: fp8 and int8 with scales, look-up codes of 4 and 8 bits (bitsandbytes), and
// the blocks of ggml.
#pragma once

#include <cstddef>
#include <cstdint>

namespace irs {

// How a value is stored. Blocks of ggml hold their own scales (ggml ggml-quants.c; the layouts are named there), 32 values
// up to q8_0 and in iq4_nl, 256 in the others.
enum class Packing : int32_t {
    f8_e4m3, f8_e5m2, i8, f16, bf16, f32,
    code4,  // two codes a byte, the first in the high half
    code8,
    q4_0, q4_1, q5_0, q5_1, q8_0, q2_k, q3_k, q4_k, q5_k, q6_k, iq4_nl, iq4_xs
};

// What a value is rounded to before it is handed on.
enum class Rounding : int32_t { none, f16, bf16 };

// Value i is decoded(first + i) * scales[(first + i) / run] + offset, each step rounded to f32. decoded: the stored number,
// or, of codes, code[number].
struct Packed {
    Packing packing;
    const uint8_t* data;
    size_t bytes;
    int64_t first = 0;
    const float* code = nullptr;    // 16 or 256 values, for codes alone
    const float* scales = nullptr;  // null for none
    int64_t scale_count = 0;
    int64_t run = 1;                // values that share a scale
    float offset = 0;
    Rounding rounding = Rounding::none;
};

// Values that belong together, at least 1, and the bytes that they take; {0, 0} for a number that is no packing.
struct PackedBlock {
    int64_t values;
    int64_t bytes;
};
PackedBlock block_of(Packing packing);

// Values [0, count) of `packed`, on the threads of parallel_for. The caller has checked that data and scales reach so far.
template <typename T>
void widen(const Packed& packed, int64_t count, T* out);

// The same on this thread alone.
void widen_here(const Packed& packed, int64_t count, float* out);

}  // namespace irs
