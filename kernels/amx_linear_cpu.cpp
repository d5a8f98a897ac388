#include "amx_linear.h"

#include "parallel.h"

#if defined(__AMX_TILE__) && defined(__AVX512F__)

#include <algorithm>
#include <cmath>
#include <numeric>

#include "amx_tiles.h"
#include "gelu.h"

namespace irs::amx {

namespace {

__m512 gelu(__m512 x) {
    const __m512 square = _mm512_mul_ps(x, x);
    const __m512 inner = _mm512_fmadd_ps(_mm512_mul_ps(square, x), _mm512_set1_ps(kGeluCubic), x);
    const __m512 e = exp(_mm512_mul_ps(inner, _mm512_set1_ps(-kGeluTwice)));
    return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0F), e));
}

// Sizes that keep a thread's part of a, one panel of b and its part of the result in its second-level cache.
constexpr int64_t kRowBlocks = 6;  // 192 rows
constexpr int64_t kPanels = 8;     // 256 columns
int64_t depth_of(int parts) { return parts == 3 ? 16 : 8; }

// A product in pieces for threads, each `high` row blocks by `wide` panels of columns.
struct Pieces {
    int64_t rows, panels, high, wide, down, across;

    // Enough pieces for all threads, the columns cut first: each piece then reads its own weights alone. `group` panels
    // stay together.
    Pieces(const Product& product, int64_t group, int64_t threads)
        : rows(product.a->row_blocks), panels(blocks_of(product.w->out)) {
        wide = std::max<int64_t>(1, std::min<int64_t>(kPanels, panels / threads));
        wide = (wide + group - 1) / group * group;
        across = (panels + wide - 1) / wide;
        const int64_t least = (rows + kRowBlocks - 1) / kRowBlocks;
        const int64_t wanted = std::min(rows, std::max<int64_t>(least, across >= threads ? 1 : threads / across));
        high = (rows + wanted - 1) / wanted;
        down = (rows + high - 1) / high;
    }

    int64_t count() const { return across * down; }
};

// What of a branch falls into a row block, onto c.
template <int Parts>
void add_branches(const Product& product, int64_t row, int64_t panel, float* c) {
    for (const Branch& branch : product.branches) {
        if ((row + 1) * kEdge <= branch.first || row * kEdge >= branch.first + branch.count) continue;
        const int64_t depth = branch.low->column_blocks;
        multiply<Parts>(branch.low->tiles() + row * depth * Parts * kPair, branch.up->tiles + panel * depth * Parts * kPair,
                        depth, c, true);
    }
}

// One piece: finish(row block, first panel, panels, their blocks of 32 x 32 f32, values from one to the next).
template <int Parts, typename Finish>
void piece_of(const Product& product, const Pieces& pieces, int64_t piece, int64_t group, const Finish& finish) {
    const int64_t depth = product.a->column_blocks, step = depth_of(Parts);
    const int64_t row0 = piece % pieces.down * pieces.high, row1 = std::min(pieces.rows, row0 + pieces.high);
    const int64_t panel0 = piece / pieces.down * pieces.wide, panel1 = std::min(pieces.panels, panel0 + pieces.wide);
    static thread_local Scratch<float> memory;
    float* const sums = memory.of(pieces.wide * pieces.high * kBlock);
    for (int64_t k = 0; k < depth; k += step) {
        const int64_t deep = std::min(step, depth - k);
        const bool last = k + deep == depth;
        for (int64_t panel = panel0; panel < panel1; panel++) {
            const uint16_t* b = product.w->tiles + (panel * depth + k) * Parts * kPair;
            const int64_t together = (panel - panel0) % group + 1;  // panels of the group that are done with this one
            const bool whole = together == group || panel + 1 == panel1;
            for (int64_t row = row0; row < row1; row++) {
                const uint16_t* a = product.a->tiles() + (row * depth + k) * Parts * kPair;
                float* c = sums + ((panel - panel0) * pieces.high + row - row0) * kBlock;
                multiply<Parts>(a, b, deep, c, k != 0);
                if (!last) continue;
                add_branches<Parts>(product, row, panel, c);
                const int64_t stride = pieces.high * kBlock;
                if (whole) finish(row, panel - together + 1, together, c - (together - 1) * stride, stride);
            }
        }
    }
}

// All pieces of all jobs; finish(job, as piece_of's).
template <typename Job, typename Finish>
void blocks(const std::vector<Job>& jobs, int64_t group, const Finish& finish) {
    const int64_t threads = thread_count();
    std::vector<Pieces> pieces;
    pieces.reserve(jobs.size());
    int64_t all = 0;
    for (const Job& job : jobs) {
        pieces.emplace_back(job.product, group, threads);
        all += pieces.back().count();
    }
    parallel_for(all, 1, [&](int64_t begin, int64_t end) {
        const Tiles tiles;
        int64_t first = 0;
        for (size_t j = 0; j < jobs.size(); j++) {
            const auto each = [&](auto... of) { finish(jobs[j], of...); };
            const int64_t last = first + pieces[j].count();
            for (int64_t i = std::max(begin, first); i < std::min(end, last); i++) {
                if (jobs[j].product.w->parts == 3) {
                    piece_of<3>(jobs[j].product, pieces[j], i - first, group, each);
                } else {
                    piece_of<1>(jobs[j].product, pieces[j], i - first, group, each);
                }
            }
            first = last;
        }
    });
}

// The rows of a block that are in the result: use(row, column, mask, the row's 16 sums with their bias), for both halves.
template <typename Use>
void each(const Product& product, int64_t row_block, int64_t panel, const float* block, const Use& use) {
    const Weight& w = *product.w;
    const int64_t column = panel * kEdge, first = row_block * kEdge;
    const __mmask16 low = mask_of(w.out - column), high = mask_of(w.out - column - kHalf);
    const __m512 low_bias = _mm512_loadu_ps(w.bias.get() + column), high_bias = _mm512_loadu_ps(w.bias.get() + column + kHalf);
    for (int64_t i = 0; i < std::min(kEdge, product.a->count - first); i++) {
        const float* sums = block + i * kEdge;
        use(first + i, column, low, _mm512_add_ps(_mm512_load_ps(sums), low_bias), high,
            _mm512_add_ps(_mm512_load_ps(sums + kHalf), high_bias));
    }
}

// A head of `x`, normed and turned: pairs of neighbours by (cos, sin) side by side.
template <typename T>
void turn(const float* x, int64_t head_dim, const T* norm, const float* turns, float eps, T* out) {
    __m512 squares = _mm512_setzero_ps();
    for (int64_t c = 0; c < head_dim; c += kHalf) {
        const __m512 at = load(x + c, mask_of(head_dim - c));
        squares = _mm512_fmadd_ps(at, at, squares);
    }
    const float mean = _mm512_reduce_add_ps(squares) / static_cast<float>(head_dim);
    const __m512 inverse = _mm512_set1_ps(1.0F / std::sqrt(mean + eps));
    for (int64_t c = 0; c < head_dim; c += kHalf) {
        const __mmask16 mask = mask_of(head_dim - c);
        const __m512 at = _mm512_mul_ps(_mm512_mul_ps(load(x + c, mask), inverse), load(norm + c, mask));
        const __m512 by = load(turns + c, mask), other = _mm512_permute_ps(at, 0xb1);
        const __m512 crossed = _mm512_mul_ps(other, _mm512_movehdup_ps(by));
        store(out + c, mask, _mm512_fmaddsub_ps(at, _mm512_moveldup_ps(by), crossed));
    }
}

// Panels of a row side by side, with their bias.
void gather(const Product& product, int64_t panel, int64_t panels, const float* sums, int64_t stride, float* line) {
    for (int64_t p = 0; p < panels; p++) {
        for (int64_t half = 0; half < kEdge; half += kHalf) {
            const __m512 bias = _mm512_loadu_ps(product.w->bias.get() + (panel + p) * kEdge + half);
            _mm512_storeu_ps(line + p * kEdge + half, _mm512_add_ps(_mm512_load_ps(sums + p * stride + half), bias));
        }
    }
}

// value(sums with their bias) of a block's rows into tiles, for those of [first, last) in it.
template <typename Value>
void to_tiles(const Product& product, int64_t row_block, int64_t panel, const float* block, int64_t first, int64_t last,
              const Rows& out, int64_t column, const Value& value) {
    const Weight& w = *product.w;
    for (int64_t r = std::max(first, row_block * kEdge); r < std::min(last, (row_block + 1) * kEdge); r++) {
        for (int64_t half = 0; half < kEdge; half += kHalf) {
            const int64_t c = panel * kEdge + half;
            const __m512 bias = _mm512_loadu_ps(w.bias.get() + c);
            const __m512 sum = _mm512_add_ps(_mm512_load_ps(block + r % kEdge * kEdge + half), bias);
            const __m512 at = _mm512_maskz_mov_ps(mask_of(w.out - c), value(sum));
            if (out.parts == 3) {
                split<3>(at, line_of(out, r, column + c));
            } else {
                split<1>(at, line_of(out, r, column + c));
            }
        }
    }
}

}  // namespace

template <typename T>
void linear(const std::vector<Stored<T>>& all, int64_t head_dim, float eps) {
    const auto store_plain = [](const Stored<T>& job, int64_t row_block, int64_t panel, const float* block) {
        each(job.product, row_block, panel, block,
             [&](int64_t r, int64_t column, __mmask16 low, __m512 first, __mmask16 high, __m512 second) {
                 T* at = job.out[r] + column;
                 store(at, low, first);
                 store(at + kHalf, high, second);
             });
    };
    // The panels that whole heads fill.
    const int64_t group = head_dim == 0 ? 1 : std::lcm(head_dim, kEdge) / kEdge;
    blocks(all, group, [&](const Stored<T>& job, int64_t row_block, int64_t panel, int64_t panels, const float* sums,
                           int64_t stride) {
        if (job.norm == nullptr) {
            for (int64_t p = 0; p < panels; p++) store_plain(job, row_block, panel + p, sums + p * stride);
            return;
        }
        static thread_local Scratch<float> memory;
        float* const line = memory.of(group * kEdge);
        const int64_t first = row_block * kEdge, column = panel * kEdge;
        const int64_t width = std::min(panels * kEdge, job.product.w->out - column);
        for (int64_t i = 0; i < std::min(kEdge, job.product.a->count - first); i++) {
            gather(job.product, panel, panels, sums + i * kEdge, stride, line);
            T* const out = job.out[first + i] + column;
            const float* const turns = job.turns + (first + i) % job.out.tokens * head_dim;
            for (int64_t c = 0; c < width; c += head_dim) turn(line + c, head_dim, job.norm, turns, eps, out + c);
        }
    });
}

void linear_gelu(const std::vector<Activated>& all) {
    blocks(all, 1, [](const Activated& job, int64_t row_block, int64_t panel, int64_t, const float* block, int64_t) {
        to_tiles(job.product, row_block, panel, block, 0, job.product.a->count, *job.out, job.column,
                 [](__m512 x) { return gelu(x); });
    });
}

void linear_low(const std::vector<Lowered>& all) {
    blocks(all, 1, [](const Lowered& job, int64_t row_block, int64_t panel, int64_t, const float* block, int64_t) {
        const int64_t first = row_block * kEdge, last = std::min(first + kEdge, job.product.a->count);
        const int64_t own_first = std::max(first, job.first), own_last = std::min(last, job.first + job.count);
        const auto fill = [&](int64_t from, int64_t to, float by) {
            to_tiles(job.product, row_block, panel, block, from, to, *job.out, 0,
                     [by](__m512 x) { return by == 0 ? _mm512_setzero_ps() : _mm512_mul_ps(x, _mm512_set1_ps(by)); });
        };
        fill(first, std::min(own_first, last), 0);
        fill(own_first, own_last, job.scale);
        fill(std::max(own_last, first), last, 0);
    });
}

template <typename T>
void linear_gated(const std::vector<Gated<T>>& all) {
    blocks(all, 1, [](const Gated<T>& job, int64_t row_block, int64_t panel, int64_t, const float* block, int64_t) {
        each(job.product, row_block, panel, block,
             [&](int64_t r, int64_t column, __mmask16 low, __m512 first, __mmask16 high, __m512 second) {
                 T* at = job.x[r] + column;
                 const T* by = job.gate[r / job.x.tokens] + column;
                 store(at, low, _mm512_fmadd_ps(load(by, low), first, load(at, low)));
                 store(at + kHalf, high, _mm512_fmadd_ps(load(by + kHalf, high), second, load(at + kHalf, high)));
             });
    });
}

}  // namespace irs::amx

#else  // no tiles in what is compiled for

#include <stdexcept>

namespace irs::amx {

namespace {

[[noreturn]] void absent() { throw std::logic_error("no AMX in this build"); }

}  // namespace

template <typename T>
void linear(const std::vector<Stored<T>>&, int64_t, float) {
    absent();
}

void linear_gelu(const std::vector<Activated>&) { absent(); }

void linear_low(const std::vector<Lowered>&) { absent(); }

template <typename T>
void linear_gated(const std::vector<Gated<T>>&) {
    absent();
}

}  // namespace irs::amx

#endif

namespace irs::amx {

template void linear(const std::vector<Stored<float>>&, int64_t, float);
template void linear(const std::vector<Stored<bf16>>&, int64_t, float);
template void linear_gated(const std::vector<Gated<float>>&);
template void linear_gated(const std::vector<Gated<bf16>>&);

}  // namespace irs::amx
