// Compiled without contraction, see widen_cpu.cpp.
#include "ggml_blocks.h"

#include "half.h"

namespace irs {

namespace {

float half_at(const uint8_t* p) { return half_to_float(static_cast<uint16_t>(p[0] | p[1] << 8)); }

// Four bits each of 16 bytes: value i low in byte i, value 16 + i high in it.
uint8_t nibble(const uint8_t* qs, int i) { return static_cast<uint8_t>(i < 16 ? qs[i] & 15 : qs[i - 16] >> 4); }

uint8_t fifth(const uint8_t* qh, int i) { return static_cast<uint8_t>((qh[i / 8] >> i % 8 & 1) << 4); }

void q4_0(const uint8_t* b, float* out) {
    const float d = half_at(b);
    for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(nibble(b + 2, i) - 8);
}

void q4_1(const uint8_t* b, float* out) {
    const float d = half_at(b), m = half_at(b + 2);
    for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(nibble(b + 4, i)) + m;
}

void q5_0(const uint8_t* b, float* out) {
    const float d = half_at(b);
    for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>((nibble(b + 6, i) | fifth(b + 2, i)) - 16);
}

void q5_1(const uint8_t* b, float* out) {
    const float d = half_at(b), m = half_at(b + 2);
    for (int i = 0; i < 32; i++) out[i] = d * static_cast<float>(nibble(b + 8, i) | fifth(b + 4, i)) + m;
}

void q8_0(const uint8_t* b, float* out) {
    const float d = half_at(b);
    for (int i = 0; i < 32; i++) out[i] = static_cast<float>(static_cast<int8_t>(b[2 + i])) * d;
}

// Bytes of 32 values' two bits each, four values a byte, 32 values apart.
uint8_t pair(const uint8_t* qs, int i) { return static_cast<uint8_t>(qs[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3); }

// 16 scales and minima of 4 bits, 256 values of 2 bits, d, dmin.
void q2_k(const uint8_t* b, float* out) {
    const float d = half_at(b + 80), dmin = half_at(b + 82);
    for (int i = 0; i < 256; i++) {
        const uint8_t both = b[i / 16];
        const float scale = d * static_cast<float>(both & 15), least = dmin * static_cast<float>(both >> 4);
        out[i] = scale * static_cast<float>(pair(b + 16, i)) - least;
    }
}

// 256 third bits, 256 values of 2 bits, 16 scales of 6 bits, d.
void q3_k(const uint8_t* b, float* out) {
    const float d = half_at(b + 108);
    const uint8_t* packed = b + 96;
    for (int i = 0; i < 256; i++) {
        const int j = i / 16;
        const int low = j < 8 ? packed[j] & 15 : packed[j - 8] >> 4, high = packed[8 + j % 4] >> j / 4 * 2 & 3;
        const float scale = d * static_cast<float>((low | high << 4) - 32);
        const int third = b[i % 32] >> i / 32 & 1;
        out[i] = scale * static_cast<float>(pair(b + 32, i) - (third != 0 ? 0 : 4));
    }
}

// Scale and minimum, of 6 bits each, of the j-th 32 values.
struct ScaleMin {
    float scale, least;
    ScaleMin(const uint8_t* p, int j, float d, float dmin) {
        const int s = j < 4 ? p[j] & 63 : (p[j + 4] & 15) | (p[j - 4] >> 2 & 0x30);
        const int m = j < 4 ? p[j + 4] & 63 : p[j + 4] >> 4 | (p[j] >> 2 & 0x30);
        scale = d * static_cast<float>(s);
        least = dmin * static_cast<float>(m);
    }
};

// Four bits of value i: 64 values in 32 bytes, low halves first.
uint8_t nibble_of_64(const uint8_t* qs, int i) {
    return static_cast<uint8_t>(qs[i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 15);
}

void q4_k(const uint8_t* b, float* out) {
    const float d = half_at(b), dmin = half_at(b + 2);
    for (int j = 0; j < 8; j++) {
        const ScaleMin s(b + 4, j, d, dmin);
        for (int i = j * 32; i < j * 32 + 32; i++) out[i] = s.scale * static_cast<float>(nibble_of_64(b + 16, i)) - s.least;
    }
}

void q5_k(const uint8_t* b, float* out) {
    const float d = half_at(b), dmin = half_at(b + 2);
    for (int j = 0; j < 8; j++) {
        const ScaleMin s(b + 4, j, d, dmin);
        for (int i = j * 32; i < j * 32 + 32; i++) {
            const int q = nibble_of_64(b + 48, i) | (b[16 + i % 32] >> j & 1) << 4;
            out[i] = s.scale * static_cast<float>(q) - s.least;
        }
    }
}

// 256 low halves, 256 pairs of high bits, 16 scales of 8 bits, d.
void q6_k(const uint8_t* b, float* out) {
    const float d = half_at(b + 208);
    for (int i = 0; i < 256; i++) {
        const int low = b[i / 128 * 64 + i % 64] >> i % 128 / 64 * 4 & 15;
        const int q = (low | pair(b + 128, i) << 4) - 32;
        out[i] = d * static_cast<float>(static_cast<int8_t>(b[192 + i / 16])) * static_cast<float>(q);
    }
}

constexpr float kNonlinear[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

void iq4_nl(const uint8_t* b, float* out) {
    const float d = half_at(b);
    for (int i = 0; i < 32; i++) out[i] = d * kNonlinear[nibble(b + 2, i)];
}

// d, high bits of 8 scales, low halves of them, 256 values.
void iq4_xs(const uint8_t* b, float* out) {
    const float d = half_at(b);
    const int high = b[2] | b[3] << 8;
    for (int j = 0; j < 8; j++) {
        const int scale = (b[4 + j / 2] >> j % 2 * 4 & 15) | (high >> 2 * j & 3) << 4;
        const float by = d * static_cast<float>(scale - 32);
        for (int i = 0; i < 32; i++) out[j * 32 + i] = by * kNonlinear[nibble(b + 8 + j * 16, i)];
    }
}

}  // namespace

void ggml_block(Packing packing, const uint8_t* block, float* out) {
    switch (packing) {
        case Packing::q4_0:
            return q4_0(block, out);
        case Packing::q4_1:
            return q4_1(block, out);
        case Packing::q5_0:
            return q5_0(block, out);
        case Packing::q5_1:
            return q5_1(block, out);
        case Packing::q8_0:
            return q8_0(block, out);
        case Packing::q2_k:
            return q2_k(block, out);
        case Packing::q3_k:
            return q3_k(block, out);
        case Packing::q4_k:
            return q4_k(block, out);
        case Packing::q5_k:
            return q5_k(block, out);
        case Packing::q6_k:
            return q6_k(block, out);
        case Packing::iq4_nl:
            return iq4_nl(block, out);
        default:
            return iq4_xs(block, out);
    }
}

}  // namespace irs
