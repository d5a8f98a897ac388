// What is multiplied in tiles on a CPU: 32 rows or columns by 32 values, in the order in which a processor takes them, prepared
// once where they are weights.
//
// On matrix tiles (Intel AMX), which multiply bf16 alone, an f32 value is the exact sum of three bf16 values (8 bits of mantissa
// each). Of the nine products of two such sums the six largest are added up in f32; what is left out is below 2^-23 of the
// product, as f32's own rounding is. Six products on tiles are faster than one in f32: see bench/RESULTS.md. (Henry, Tang,
// Heinecke: Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision Computations, arXiv 1904.06376.)
// There values beyond f32's range in bf16, above 3.39e38, and non-finite ones come out as NaN. Elsewhere f32 is multiplied as
// it is, and so is bf16 where the processor cannot multiply that, widened: results are then rounded less often.
#pragma once

#include <memory>
#include <vector>

#include "rows.h"
#include "tile_level.h"
#include "workspace.h"

namespace irs::tiles {

// How a value lies in a tile; the number is that of its 16-bit words.
enum class Format { bf16 = 1, f32 = 2, parts = 3 };

constexpr int words_of(Format format) { return static_cast<int>(format); }

// Whether this machine runs the kernels on tiles: level() is not none.
bool available();

// How values of T lie at this level.
template <typename T>
Format format_of() {
    if (sizeof(T) == sizeof(float)) return level() == Level::amx ? Format::parts : Format::f32;
    return level() >= Level::avx512_bf16 ? Format::bf16 : Format::f32;
}

// Edge of a block: rows and columns are taken by 32.
constexpr int64_t kEdge = 32;

inline int64_t blocks_of(int64_t n) { return (n + kEdge - 1) / kEdge; }

// A weight (out, in), words_of(format) times 2 bytes a value.
class Weight {
public:
    // w (out, in) and bias (out) or null, of T; copies both.
    template <typename T>
    Weight(const T* w, const T* bias, int64_t out, int64_t in);
    ~Weight();
    Weight(const Weight&) = delete;
    Weight& operator=(const Weight&) = delete;

    const int64_t out, in;
    const Format format;
    uint16_t* const tiles;
    const std::unique_ptr<float[]> bias;  // (out rounded up to 32), 0 without a bias
};

// Rows of one or several inputs side by side. What fills up the last 32 rows is undefined, and so is what comes of it.
class Rows {
public:
    // Room for `count` rows of `width` values, at first undefined.
    Rows(Workspace& workspace, int64_t count, int64_t width, Format format);

    // Columns [column, column + width) from x; column a multiple of 32.
    template <typename T>
    void put(const RowsOf<const T>& x, int64_t column, int64_t width) const;

    const int64_t count, width;
    const Format format;
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

}  // namespace irs::tiles
