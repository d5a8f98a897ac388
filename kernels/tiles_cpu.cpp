// Which level's kernels run.
#include <algorithm>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "tile_kernels.h"

namespace irs::tiles {

namespace {

[[noreturn]] void absent() { throw std::logic_error("this processor or build has no kernels on tiles"); }

// Calls `function` of the level that runs. A build has all below its best.
#ifdef IRS_HAS_AMX
#define IRS_AT_AMX(call) return amx::call
#else
#define IRS_AT_AMX(call) absent()
#endif
#ifdef IRS_HAS_AVX512_BF16
#define IRS_AT_AVX512_BF16(call) return avx512_bf16::call
#else
#define IRS_AT_AVX512_BF16(call) absent()
#endif
#ifdef IRS_HAS_AVX2
#define IRS_AT_LEVEL(call)                                     \
    switch (level()) {                                         \
        case Level::avx2: return avx2::call;                   \
        case Level::avx512: return avx512::call;               \
        case Level::avx512_bf16: IRS_AT_AVX512_BF16(call);     \
        case Level::amx: IRS_AT_AMX(call);                     \
        case Level::none: break;                               \
    }                                                          \
    absent()
#else
#define IRS_AT_LEVEL(call) absent()
#endif

size_t bytes_of(int64_t blocks, Format format) {
    return static_cast<size_t>(blocks * kEdge * kEdge * words_of(format)) * sizeof(uint16_t);
}

template <typename T>
void pack(const T* w, int64_t out, int64_t in, Format format, uint16_t* tiles) {
    IRS_AT_LEVEL(pack(w, out, in, format, tiles));
}

}  // namespace

bool available() { return level() != Level::none; }

template <typename T>
Weight::Weight(const T* w, const T* given, int64_t out_, int64_t in_)
    : out(out_),
      in(in_),
      format(format_of<T>()),
      tiles(static_cast<uint16_t*>(std::aligned_alloc(64, bytes_of(blocks_of(out_) * blocks_of(in_), format)))),
      bias(new float[static_cast<size_t>(blocks_of(out_) * kEdge)]()) {
    if (tiles == nullptr) throw std::bad_alloc();
    if (given != nullptr) std::transform(given, given + out, bias.get(), [](T x) { return to_float(x); });
    pack(w, out, in, format, tiles);
}

Weight::~Weight() { std::free(tiles); }

Rows::Rows(Workspace& workspace, int64_t count_, int64_t width_, Format format_)
    : count(count_),
      width(width_),
      format(format_),
      row_blocks(blocks_of(count_)),
      column_blocks(blocks_of(width_)),
      memory_(workspace.take(bytes_of(row_blocks * column_blocks, format_))) {}

template <typename T>
void Rows::put(const RowsOf<const T>& x, int64_t column, int64_t wide) const {
    IRS_AT_LEVEL(put(*this, x, column, wide));
}

template <typename T>
void put_modulated(const std::vector<Modulated<T>>& jobs, float eps) {
    IRS_AT_LEVEL(put_modulated(jobs, eps));
}

template <typename T>
void linear(const std::vector<Stored<T>>& jobs, int64_t head_dim, float eps) {
    IRS_AT_LEVEL(linear(jobs, head_dim, eps));
}

void linear_gelu(const std::vector<Activated>& jobs) { IRS_AT_LEVEL(linear_gelu(jobs)); }

void linear_low(const std::vector<Lowered>& jobs) { IRS_AT_LEVEL(linear_low(jobs)); }

template <typename T>
void linear_gated(const std::vector<Gated<T>>& jobs) {
    IRS_AT_LEVEL(linear_gated(jobs));
}

template <typename T>
void attention(const RowsOf<const T>& q, const RowsOf<const T>& k, const RowsOf<const T>& v, int64_t heads,
               int64_t head_dim, const std::vector<Attended>& out) {
    IRS_AT_LEVEL(attention(q, k, v, heads, head_dim, out));
}

template Weight::Weight(const float*, const float*, int64_t, int64_t);
template Weight::Weight(const bf16*, const bf16*, int64_t, int64_t);
template void Rows::put(const RowsOf<const float>&, int64_t, int64_t) const;
template void Rows::put(const RowsOf<const bf16>&, int64_t, int64_t) const;
template void put_modulated(const std::vector<Modulated<float>>&, float);
template void put_modulated(const std::vector<Modulated<bf16>>&, float);
template void linear(const std::vector<Stored<float>>&, int64_t, float);
template void linear(const std::vector<Stored<bf16>>&, int64_t, float);
template void linear_gated(const std::vector<Gated<float>>&);
template void linear_gated(const std::vector<Gated<bf16>>&);
template void attention(const RowsOf<const float>&, const RowsOf<const float>&, const RowsOf<const float>&, int64_t,
                        int64_t, const std::vector<Attended>&);
template void attention(const RowsOf<const bf16>&, const RowsOf<const bf16>&, const RowsOf<const bf16>&, int64_t,
                        int64_t, const std::vector<Attended>&);

}  // namespace irs::tiles
