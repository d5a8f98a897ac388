// Attention in tiles on a CPU: softmax(q k^T / sqrt(head_dim)) v for each head, in bf16 and f32 (see tile_rows.h).
// Every query sees every key. Scores of 32 queries at a time are held whole: up to 40 bytes a key and query row of a thread.
#pragma once

#include "tile_rows.h"

namespace irs::tiles {

// Where the tokens [first, first + count) of each batch row go: to the same columns of `rows`.
struct Attended {
    int64_t first, count;
    const Rows* rows;
};

// q, k and v (batch, tokens, heads * head_dim), head_dim a multiple of 16; where available() says so.
template <typename T>
void attention(const RowsOf<const T>& q, const RowsOf<const T>& k, const RowsOf<const T>& v, int64_t heads,
               int64_t head_dim, const std::vector<Attended>& out);

}  // namespace irs::tiles
