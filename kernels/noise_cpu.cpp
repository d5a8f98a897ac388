// irs_noise_fill: the bits of torch.randn(n, generator=torch.Generator("cpu").manual_seed(seed)), f32, on x86 with AVX2.
//
// Random bits: MT19937 seeded with the low 32 bits of the seed (ATen/core/MT19937RNGEngine.h), so seeds that differ by
// a multiple of 2^32 give the same noise, as they do there. Normals: Box-Muller; from 16 values on in blocks of 16 with
// Cephes' single-precision polynomials (logf.c, sinf.c), fused where PyTorch's build fuses them; below 16 in double
// (ATen/core/DistributionsHelper.h). Block order and redrawn tail: ATen/native/cpu/DistributionTemplates.h.
//
// Compiled with -ffp-contract=off: which products are fused decides the last bit.
#include "noise.h"

#include <cmath>
#include <cstdint>
#include <random>

namespace irs {

namespace {

constexpr int kBlock = 16;
constexpr int kHalf = kBlock / 2;

// std::mt19937's default seeding is the generator's own init_genrand, which PyTorch uses too.
class Bits {
public:
    explicit Bits(uint64_t seed) : engine_(static_cast<uint32_t>(seed)) {}

    // 24 random bits: uniform in [0, 1).
    float uniform_float() {
        return static_cast<float>(engine_() & 0xffffffu) * 0x1p-24f;
    }

    // 53 random bits, the first draw in the high word: uniform in [0, 1).
    double uniform_double() {
        uint64_t high = engine_();
        uint64_t low = engine_();
        return static_cast<double>((high << 32 | low) & ((uint64_t{1} << 53) - 1)) * 0x1p-53;
    }

private:
    std::mt19937 engine_;
};

// Natural logarithm of a normal positive x: x = m 2^e with sqrt(1/2) <= m < sqrt(2), and a polynomial in r = m - 1.
float log_cephes(float x) {
    constexpr float kCoefficients[] = {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f,
                                       -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f};
    int e;
    float m = std::frexp(x, &e);
    float r = m - 1.0f;
    if (m < 0.707106781186547524f) {
        e -= 1;
        r += m;
    }
    float exponent = static_cast<float>(e);
    float square = r * r;
    float p = kCoefficients[0];
    for (int i = 1; i < 9; ++i) {
        p = std::fma(p, r, kCoefficients[i]);
    }
    p = std::fma(p * r, square, exponent * -2.12194440e-4f);
    p = std::fma(-0.5f, square, p);
    return std::fma(exponent, 0.693359375f, r + p);
}

// Sine and cosine of 0 <= x <= 2 pi: x less the nearest multiple of pi/2 (as three constants), then one polynomial each.
void sincos_cephes(float x, float* sine, float* cosine) {
    int octant = (static_cast<int>(x * 1.27323954473516f) + 1) & ~1;
    float turns = static_cast<float>(octant);
    float r = std::fma(turns, -0.78515625f, x);
    r = std::fma(turns, -2.4187564849853515625e-4f, r);
    r = std::fma(turns, -3.77489497744594108e-8f, r);
    float square = r * r;

    float c = std::fma(2.443315711809948e-5f, square, -1.388731625493765e-3f);
    c = std::fma(c, square, 4.166664568298827e-2f);
    c = std::fma(c * square, square, -0.5f * square) + 1.0f;

    float s = std::fma(-1.9515295891e-4f, square, 8.3321608736e-3f);
    s = std::fma(s, square, -1.6666654611e-1f);
    s = std::fma(s * square, r, r);

    bool swapped = (octant & 2) != 0;
    bool sine_negative = (octant & 4) != 0;
    bool cosine_negative = ((octant - 2) & 4) == 0;
    float magnitude_sine = swapped ? c : s;
    float magnitude_cosine = swapped ? s : c;
    *sine = sine_negative ? -magnitude_sine : magnitude_sine;
    *cosine = cosine_negative ? -magnitude_cosine : magnitude_cosine;
}

// Box-Muller in place: uniforms i and i + 8 become normals i and i + 8.
void normals_from_uniforms(float* block) {
    constexpr float kTwoPi = 6.283185307179586f;
    for (int i = 0; i < kHalf; ++i) {
        float radius = std::sqrt(-2.0f * log_cephes(1.0f - block[i]));
        float sine;
        float cosine;
        sincos_cephes(kTwoPi * block[i + kHalf], &sine, &cosine);
        // Adding zero turns -0 into +0, as PyTorch's "times std plus mean" does.
        block[i] = radius * cosine + 0.0f;
        block[i + kHalf] = radius * sine + 0.0f;
    }
}

void fill_block(float* block, Bits& bits) {
    for (int i = 0; i < kBlock; ++i) {
        block[i] = bits.uniform_float();
    }
    normals_from_uniforms(block);
}

void fill_few(float* out, int64_t n, Bits& bits) {
    for (int64_t i = 0; i < n; i += 2) {
        double angle = 2.0 * 3.14159265358979323846 * bits.uniform_double();
        double radius = std::sqrt(-2.0 * std::log1p(-bits.uniform_double()));
        out[i] = static_cast<float>(radius * std::cos(angle) + 0.0);
        if (i + 1 < n) {
            out[i + 1] = static_cast<float>(radius * std::sin(angle) + 0.0);
        }
    }
}

}  // namespace

void noise_fill(float* out, int64_t n, uint64_t seed) {
    Bits bits(seed);
    if (n < kBlock) {
        fill_few(out, n, bits);
        return;
    }
    int64_t whole = n - n % kBlock;
    for (int64_t i = 0; i < whole; i += kBlock) {
        fill_block(out + i, bits);
    }
    if (whole < n) {
        // PyTorch draws n uniforms first, then draws the last 16 elements afresh, over the end of the last whole block.
        for (int64_t i = whole; i < n; ++i) {
            bits.uniform_float();
        }
        fill_block(out + n - kBlock, bits);
    }
}

}  // namespace irs
