// noise_fill against values that PyTorch 2.13 drew: torch.randn(n, generator=torch.Generator("cpu").manual_seed(seed)).
#include <cstdio>
#include <cstring>
#include <vector>

#include "noise.h"

namespace {

struct Drawn {
    uint64_t seed;
    std::vector<float> values;
};

// Below one block, one block, a redrawn tail, two tails; the seeds exceed 32 bits.
const std::vector<Drawn> kDrawn = {
    {0u,
     {0x1.8a7eb8p+0F, -0x1.2c78ap-2F, -0x1.16e292p+1F, 0x1.23096cp-1F, -0x1.15a342p+0F}},
    {11u,
     {-0x1.058742p-1F, 0x1.073cd2p+0F, -0x1.69a092p-2F, 0x1.f7c5bep-4F, -0x1.73d2d4p-3F, -0x1.7f4a58p+0F,
      0x1.2307b4p-3F, -0x1.0c6ecp-1F, -0x1.fd69e2p-3F, -0x1.0cebf2p-1F, 0x1.72340ep+1F, -0x1.307e46p-1F,
      0x1.4fd44cp+0F, 0x1.68a1b6p-2F, -0x1.50abfcp+0F, -0x1.05e37ap-7F}},
    {1099511627781u,
     {0x1.d7a2eep+0F, 0x1.38d6a6p+0F, -0x1.58862ep-2F, -0x1.ee1c5ep-1F, -0x1.098c96p-3F, -0x1.341aap-1F,
      0x1.28f502p-3F, -0x1.32d896p-3F, 0x1.4eaa76p+1F, 0x1.8ef7bap-1F, -0x1.ddeab8p-5F, -0x1.03e744p+1F,
      0x1.7ba174p+0F, 0x1.f9e51ep-2F, 0x1.fe666ap-3F, 0x1.bf3d74p+0F, 0x1.7d5368p-1F}},
    {9223372036854775807u,
     {-0x1.5507b4p+1F, -0x1.174ef6p+0F, 0x1.ce483cp-2F, 0x1.d3aec6p-3F, 0x1.e60bd2p+0F, 0x1.906ffep+0F,
      -0x1.4161ep+0F, 0x1.96588ap-1F, -0x1.c061f4p+0F, -0x1.6b5a7cp-1F, 0x1.37e04cp+0F, 0x1.c72928p-3F,
      -0x1.42087ep+1F, 0x1.ef5cbep-2F, 0x1.aefea6p-1F, 0x1.209538p-3F, 0x1.cb1c42p+0F, 0x1.b8d89ep+0F,
      0x1.8a42bap-1F, -0x1.7b68b6p+0F, -0x1.ba339ep-1F, -0x1.a5f46ep-4F, -0x1.37d25ep+0F, -0x1.e86d3ap-1F,
      0x1.86bf4ep-1F, -0x1.ff324ap-1F, 0x1.5d1734p-1F, -0x1.19c124p+0F, 0x1.8fef02p+0F, -0x1.e2c514p+0F,
      -0x1.0c81cap+0F, -0x1.6c0d54p-1F, 0x1.4ab836p-5F}},
};

struct Hashed {
    uint64_t seed;
    int64_t count;
    uint64_t fnv1a;  // of the bytes
};
const std::vector<Hashed> kHashed = {
    {0u, 262144, 0x1ef27ec0ae2db069u},
    {12u, 1000, 0x75dd501d3c72c3e9u},
};

uint64_t fnv1a(const std::vector<float>& values) {
    uint64_t hash = 0xcbf29ce484222325u;
    const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
    for (size_t i = 0; i < values.size() * sizeof(float); i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

}  // namespace

int main() {
    int failures = 0;
    for (const Drawn& drawn : kDrawn) {
        std::vector<float> ours(drawn.values.size());
        irs::noise_fill(ours.data(), static_cast<int64_t>(ours.size()), drawn.seed);
        if (std::memcmp(ours.data(), drawn.values.data(), ours.size() * sizeof(float)) == 0) continue;
        std::printf("seed %llu, %zu values: bits differ\n", static_cast<unsigned long long>(drawn.seed), ours.size());
        failures++;
    }
    for (const Hashed& hashed : kHashed) {
        std::vector<float> ours(static_cast<size_t>(hashed.count));
        irs::noise_fill(ours.data(), hashed.count, hashed.seed);
        if (fnv1a(ours) == hashed.fnv1a) continue;
        std::printf("seed %llu, %zu values: hash differs\n", static_cast<unsigned long long>(hashed.seed), ours.size());
        failures++;
    }
    return failures;
}
