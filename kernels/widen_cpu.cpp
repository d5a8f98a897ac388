// Compiled without contraction: a fused multiplication and addition would skip a rounding, and the values are to be those of
// the formats' own programs bit for bit.
#include "widen.h"

#include <algorithm>

#include "clones.h"
#include "ggml_blocks.h"
#include "half.h"
#include "parallel.h"
#include "rows.h"

namespace irs {

namespace {

constexpr int64_t kMost = 256;         // values of the largest block
constexpr int64_t kGrain = 1 << 15;    // values
constexpr PackedBlock kBlocks[] = {{1, 1},  {1, 1},  {1, 1},    {1, 2},    {1, 2},    {1, 4},    {2, 1},
                                   {1, 1},  {32, 18}, {32, 20}, {32, 22},  {32, 24},  {32, 34},  {256, 84},
                                   {256, 110}, {256, 144}, {256, 176}, {256, 210}, {32, 18}, {256, 136}};

float e4m3(uint8_t bits) {
    const uint32_t exponent = bits >> 3 & 15, mantissa = bits & 7, sign = static_cast<uint32_t>(bits >> 7) << 31;
    if ((bits & 0x7f) == 0x7f) return from_bits(sign | 0x7fc00000);
    if (exponent != 0) return from_bits(sign | (exponent + 120) << 23 | mantissa << 20);
    const float magnitude = static_cast<float>(mantissa) * 0x1p-9F;
    return sign != 0 ? -magnitude : magnitude;
}

float e5m2(uint8_t bits) { return half_to_float(static_cast<uint16_t>(bits << 8)); }

// All 256 values of an 8-bit type.
struct Table {
    float values[256];
    explicit Table(float (*value)(uint8_t)) {
        for (int i = 0; i < 256; i++) values[i] = value(static_cast<uint8_t>(i));
    }
};

const float* table_of(const Packed& p) {
    static const Table e4m3_values(e4m3), e5m2_values(e5m2),
        i8_values([](uint8_t bits) { return static_cast<float>(static_cast<int8_t>(bits)); });
    switch (p.packing) {
        case Packing::f8_e4m3:
            return e4m3_values.values;
        case Packing::f8_e5m2:
            return e5m2_values.values;
        case Packing::i8:
            return i8_values.values;
        default:
            return p.code;
    }
}

IRS_CLONES void look_up(const float* table, const uint8_t* data, int64_t count, float* out) {
    for (int64_t i = 0; i < count; i++) out[i] = table[data[i]];
}

IRS_CLONES void look_up_halves(const float* code, const uint8_t* data, int64_t first, int64_t count, float* out) {
    for (int64_t i = 0; i < count; i++) {
        const uint8_t both = data[(first + i) / 2];
        out[i] = code[(first + i) % 2 == 0 ? both >> 4 : both & 15];
    }
}

template <typename Bits, typename Value>
void plain(const uint8_t* data, int64_t first, int64_t count, float* out, const Value& value) {
    for (int64_t i = 0; i < count; i++) {
        Bits bits;
        std::memcpy(&bits, data + (first + i) * static_cast<int64_t>(sizeof bits), sizeof bits);
        out[i] = value(bits);
    }
}

// Whole blocks of ggml, of which the first and the last may be wanted in part.
void blocks(const Packed& p, int64_t first, int64_t count, float* out) {
    const PackedBlock size = block_of(p.packing);
    float whole[kMost];
    while (count > 0) {
        const int64_t skip = first % size.values, some = std::min(count, size.values - skip);
        ggml_block(p.packing, p.data + first / size.values * size.bytes, whole);
        std::copy_n(whole + skip, some, out);
        first += some;
        count -= some;
        out += some;
    }
}

// The stored numbers [first, first + count), without scales.
void decode(const Packed& p, int64_t first, int64_t count, float* out) {
    switch (p.packing) {
        case Packing::f8_e4m3:
        case Packing::f8_e5m2:
        case Packing::i8:
        case Packing::code8:
            return look_up(table_of(p), p.data + first, count, out);
        case Packing::code4:
            return look_up_halves(p.code, p.data, first, count, out);
        case Packing::f16:
            return plain<uint16_t>(p.data, first, count, out, half_to_float);
        case Packing::bf16:
            return plain<uint16_t>(p.data, first, count, out, [](uint16_t bits) { return to_float(bf16{bits}); });
        case Packing::f32:
            return plain<float>(p.data, first, count, out, [](float x) { return x; });
        default:
            return blocks(p, first, count, out);
    }
}

// Without the addition of an offset of 0, which would make 0 of -0.
IRS_CLONES void scale_by(float scale, float offset, int64_t count, float* x) {
    for (int64_t i = 0; i < count; i++) x[i] *= scale;
    if (offset == 0) return;
    for (int64_t i = 0; i < count; i++) x[i] += offset;
}

void scale(const Packed& p, int64_t first, int64_t count, float* x) {
    if (p.scales == nullptr) return;
    while (count > 0) {
        const int64_t some = std::min(count, p.run - first % p.run);
        scale_by(p.scales[first / p.run], p.offset, some, x);
        first += some;
        count -= some;
        x += some;
    }
}

void round_to(Rounding rounding, int64_t count, float* x) {
    if (rounding == Rounding::none) return;
    for (int64_t i = 0; i < count; i++) {
        x[i] = rounding == Rounding::f16 ? half_to_float(float_to_half(x[i])) : to_float(from_float<bf16>(x[i]));
    }
}

template <typename T>
void part(const Packed& p, int64_t begin, int64_t end, T* out) {
    float values[kMost];
    for (int64_t at = begin; at < end; at += kMost) {
        const int64_t some = std::min(kMost, end - at);
        decode(p, p.first + at, some, values);
        scale(p, p.first + at, some, values);
        round_to(p.rounding, some, values);
        for (int64_t i = 0; i < some; i++) out[at + i] = from_float<T>(values[i]);
    }
}

}  // namespace

PackedBlock block_of(Packing packing) {
    const auto index = static_cast<size_t>(packing);
    return index < sizeof kBlocks / sizeof kBlocks[0] ? kBlocks[index] : PackedBlock{0, 0};
}

template <typename T>
void widen(const Packed& packed, int64_t count, T* out) {
    // In whole blocks of the largest size, so that no block is decoded twice.
    const int64_t parts = (count + kMost - 1) / kMost;
    parallel_for(parts, kGrain / kMost, [&](int64_t begin, int64_t end) {
        part(packed, begin * kMost, std::min(end * kMost, count), out);
    });
}

template void widen(const Packed&, int64_t, float*);
template void widen(const Packed&, int64_t, bf16*);

void widen_here(const Packed& packed, int64_t count, float* out) { part(packed, 0, count, out); }

}  // namespace irs
