// Linear layers in tiles on a CPU, and what follows each in the same pass. Those of one call run together.
#pragma once

#include "tile_rows.h"

namespace irs::tiles {

// low up^T more for the rows [first, first + count): a LoRA's branch.
struct Branch {
    std::shared_ptr<const Rows> low;
    const Weight* up;
    int64_t first, count;
};

// a w^T + bias
struct Product {
    const Rows* a;
    const Weight* w;
    std::vector<Branch> branches{};
};

// out = the product. With `norm` (head_dim) its heads are then normed and turned, see qk_norm_rope.h; turns (tokens, head_dim).
template <typename T>
struct Stored {
    Product product;
    RowsOf<T> out;
    const T* norm = nullptr;
    const float* turns = nullptr;
};
template <typename T>
void linear(const std::vector<Stored<T>>& all, int64_t head_dim, float eps);

// out's columns from `column` on = gelu_tanh(the product); column a multiple of 32.
struct Activated {
    Product product;
    const Rows* out;
    int64_t column;
};
void linear_gelu(const std::vector<Activated>& all);

// x += gate * the product, gate by the row of the batch.
template <typename T>
struct Gated {
    Product product;
    TableOf<T> gate;
    RowsOf<T> x;
};
template <typename T>
void linear_gated(const std::vector<Gated<T>>& all);

// out = scale * the product for the rows [first, first + count), 0 for the others of the same 32: the low side of a Branch.
struct Lowered {
    Product product;
    float scale;
    const Rows* out;
    int64_t first, count;
};
void linear_low(const std::vector<Lowered>& all);

}  // namespace irs::tiles
