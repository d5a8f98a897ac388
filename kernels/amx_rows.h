// What is multiplied on a CPU's matrix tiles (Intel AMX), in bf16 and, by parts, in f32, in the order in which the tiles
// take it.
//
// An f32 value is the exact sum of three bf16 values (8 bits of mantissa each). Of the nine products of two such sums the
// six largest are added up in f32; what is left out is below 2^-23 of the product, as f32's own rounding is. Six products
// on tiles are faster than one in f32: see bench/RESULTS.md. (Henry, Tang, Heinecke: Leveraging the bfloat16 Artificial
// Intelligence Datatype For Higher-Precision Computations, arXiv 1904.06376.) Values beyond f32's range in bf16, above
// 3.39e38, and non-finite ones come out as NaN.
#pragma once

#include <memory>
#include <vector>

#include "rows.h"
#include "workspace.h"

namespace irs::amx {

// Whether this processor and system have the tiles; asks the system for them once.
bool available();

// How many bf16 values make one: 3 of an f32, 1 of a bf16.
template <typename T>
constexpr int parts_of() {
    return sizeof(T) == sizeof(float) ? 3 : 1;
}

// Edge of a tile pair: rows and columns are taken by 32.
constexpr int64_t kEdge = 32;

// A weight (out, in), `parts` times 2 bytes a value.
class Weight {
public:
    // w (out, in) and bias (out) or null, of T; copies both.
    template <typename T>
    Weight(const T* w, const T* bias, int64_t out, int64_t in);
    ~Weight();
    Weight(const Weight&) = delete;
    Weight& operator=(const Weight&) = delete;

    const int64_t out, in;
    const int parts;
    uint16_t* const tiles;
    const std::unique_ptr<float[]> bias;  // (out rounded up to 32), 0 without a bias
};

// Rows of one or several inputs side by side. What fills up the last 32 rows is undefined, and so is what comes of it.
class Rows {
public:
    // Room for `count` rows of `width` values, at first undefined.
    Rows(Workspace& workspace, int64_t count, int64_t width, int parts);

    // Columns [column, column + width) from x; column a multiple of 32.
    template <typename T>
    void put(const RowsOf<const T>& x, int64_t column, int64_t width) const;

    const int64_t count, width;
    const int parts;
    const int64_t row_blocks, column_blocks;
    uint16_t* tiles() const { return static_cast<uint16_t*>(memory_.get()); }

private:
    Workspace::Lease memory_;
};

// All columns of `to` = layer_norm(x) * scale + shift, see layer_norm_modulate.h.
template <typename T>
struct Modulated {
    RowsOf<const T> x;
    TableOf<T> scale, shift;
    const Rows* to;
};
template <typename T>
void put_modulated(const std::vector<Modulated<T>>& all, float eps);

}  // namespace irs::amx
