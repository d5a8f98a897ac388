// What kernels read and write: rows of a batch, in f32 or bf16.
#pragma once

#include <cstdint>
#include <cstring>

namespace irs {

// The upper half of an f32.
struct bf16 {
    uint16_t bits;
};

inline float to_float(float x) { return x; }

inline float to_float(bf16 x) {
    const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
    float out = 0;
    std::memcpy(&out, &bits, sizeof out);
    return out;
}

template <typename T>
T from_float(float x);

template <>
inline float from_float<float>(float x) {
    return x;
}

// Ties to even, as ATen rounds (c10/util/BFloat16.h); NaN stays NaN.
template <>
inline bf16 from_float<bf16>(float x) {
    uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return {static_cast<uint16_t>(x == x ? rounded : 0x7fc0)};
}

// Row r of a (batch, tokens, width) tensor, or of a part of its tokens: width values side by side.
template <typename T>
struct RowsOf {
    T* data;
    int64_t batch, tokens;
    int64_t batch_stride, row_stride;  // in values

    int64_t count() const { return batch * tokens; }
    T* operator[](int64_t r) const { return data + r / tokens * batch_stride + r % tokens * row_stride; }

    // Tokens [first, first + count) of every batch row.
    RowsOf part(int64_t first, int64_t part_tokens) const {
        return {data + first * row_stride, batch, part_tokens, batch_stride, row_stride};
    }
    RowsOf<const T> read() const { return {data, batch, tokens, batch_stride, row_stride}; }
};

// A modulation vector for each row of the batch: a part of the line that the row has in some table, so that rows at different
// steps and prompts share a batch.
template <typename T>
struct TableOf {
    const void* const* lines;  // (batch)
    int64_t first;             // value of a line

    const T* operator[](int64_t b) const { return static_cast<const T*>(lines[b]) + first; }
};

}  // namespace irs
