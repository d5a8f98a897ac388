// The kernels on tiles of each level, by the names of tile_rows.h, tile_linear.h and tile_attention.h; those choose among them.
#pragma once

#include "tile_attention.h"
#include "tile_linear.h"

namespace irs::tiles {

#define IRS_TILE_KERNELS(level)                                                                                        \
    namespace level {                                                                                                  \
    template <typename T>                                                                                              \
    void pack(const T* w, int64_t out, int64_t in, Format format, uint16_t* tiles);                                    \
    template <typename T>                                                                                              \
    void put(const Rows& rows, const RowsOf<const T>& x, int64_t column, int64_t width);                               \
    template <typename T>                                                                                              \
    void put_modulated(const std::vector<Modulated<T>>& jobs, float eps);                                              \
    template <typename T>                                                                                              \
    void linear(const std::vector<Stored<T>>& jobs, int64_t head_dim, float eps);                                      \
    void linear_gelu(const std::vector<Activated>& jobs);                                                              \
    void linear_low(const std::vector<Lowered>& jobs);                                                                 \
    template <typename T>                                                                                              \
    void linear_gated(const std::vector<Gated<T>>& jobs);                                                              \
    template <typename T>                                                                                              \
    void attention(const RowsOf<const T>& q, const RowsOf<const T>& k, const RowsOf<const T>& v, int64_t heads,        \
                   int64_t head_dim, const std::vector<Attended>& out);                                                \
    }

IRS_TILE_KERNELS(avx2)
IRS_TILE_KERNELS(avx512)
IRS_TILE_KERNELS(avx512_bf16)
IRS_TILE_KERNELS(amx)

#undef IRS_TILE_KERNELS

}  // namespace irs::tiles
