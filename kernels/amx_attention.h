// Attention on a CPU's matrix tiles: softmax(q k^T / sqrt(head_dim)) v for each head, in bf16 and, by parts, in f32 (see
// amx_linear.h). Every query sees every key. Scores of 32 queries at a time are held whole: 40 bytes a key and query row of
// a thread.
#pragma once

#include "rows.h"

namespace irs::amx {

// q, k, v and out (batch, tokens, heads * head_dim) as rows; where available() says so.
template <typename T>
void attention(const RowsOf<const T>& q, const RowsOf<const T>& k, const RowsOf<const T>& v, int64_t heads,
               int64_t head_dim, const RowsOf<T>& out);

}  // namespace irs::amx
