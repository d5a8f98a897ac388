// Linear layers at one level.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "gelu.h"
#include "parallel.h"
#include "tile_kernels.h"
#include "tile_multiply.h"

namespace irs::tiles::IRS_LEVEL {

namespace {

Values gelu(Values x) {
    const Values inner = fma(mul(mul(x, x), x), all(kGeluCubic), x);
    return div(x, add(all(1.0F), exp(mul(inner, all(-kGeluTwice)))));
}

// Sizes that keep a thread's part of a, one panel of b and its part of the result in its second-level cache.
constexpr int64_t kRowBlocks = 6;  // 192 rows
constexpr int64_t kPanels = 8;     // 256 columns
template <Format F>
constexpr int64_t kDepth = F == Format::parts ? 16 : F == Format::bf16 ? 8 : 4;

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
template <Format F>
void add_branches(const Product& product, int64_t row, int64_t panel, float* c) {
    for (const Branch& branch : product.branches) {
        if ((row + 1) * kEdge <= branch.first || row * kEdge >= branch.first + branch.count) continue;
        const int64_t depth = branch.low->column_blocks;
        multiply<F>(branch.low->tiles() + row * depth * kWords<F>, branch.up->tiles + panel * depth * kWords<F>, depth, c, true);
    }
}

// One piece: finish(row block, first panel, panels, their blocks of 32 x 32 f32, values from one to the next).
template <Format F, typename Finish>
void piece_of(const Product& product, const Pieces& pieces, int64_t piece, int64_t group, const Finish& finish) {
    const int64_t depth = product.a->column_blocks, step = kDepth<F>;
    const int64_t row0 = piece % pieces.down * pieces.high, row1 = std::min(pieces.rows, row0 + pieces.high);
    const int64_t panel0 = piece / pieces.down * pieces.wide, panel1 = std::min(pieces.panels, panel0 + pieces.wide);
    static thread_local Scratch<float> memory;
    float* const sums = memory.of(pieces.wide * pieces.high * kBlock);
    for (int64_t k = 0; k < depth; k += step) {
        const int64_t deep = std::min(step, depth - k);
        const bool last = k + deep == depth;
        for (int64_t panel = panel0; panel < panel1; panel++) {
            const uint16_t* b = product.w->tiles + (panel * depth + k) * kWords<F>;
            const int64_t together = (panel - panel0) % group + 1;  // panels of the group that are done with this one
            const bool whole = together == group || panel + 1 == panel1;
            for (int64_t row = row0; row < row1; row++) {
                const uint16_t* a = product.a->tiles() + (row * depth + k) * kWords<F>;
                float* c = sums + ((panel - panel0) * pieces.high + row - row0) * kBlock;
                multiply<F>(a, b, deep, c, k != 0);
                if (!last) continue;
                add_branches<F>(product, row, panel, c);
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
            const auto finish_job = [&](auto... of) { finish(jobs[j], of...); };
            const int64_t last = first + pieces[j].count();
            for (int64_t i = std::max(begin, first); i < std::min(end, last); i++) {
                by_format(jobs[j].product.w->format, [&](auto known) {
                    piece_of<decltype(known)::format>(jobs[j].product, pieces[j], i - first, group, finish_job);
                });
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
    const Mask low = mask_of(w.out - column), high = mask_of(w.out - column - kHalf);
    const Values low_bias = load(w.bias.get() + column), high_bias = load(w.bias.get() + column + kHalf);
    for (int64_t i = 0; i < std::min(kEdge, product.a->count - first); i++) {
        const float* sums = block + i * kEdge;
        use(first + i, column, low, add(load(sums), low_bias), high, add(load(sums + kHalf), high_bias));
    }
}

// A head of `x`, normed and turned: pairs of neighbours by (cos, sin) side by side.
template <typename T>
void turn(const float* x, int64_t head_dim, const T* norm, const float* turns, float eps, T* out) {
    Values squares = zero();
    for (int64_t c = 0; c < head_dim; c += kHalf) {
        const Values at = load(x + c, mask_of(head_dim - c));
        squares = fma(at, at, squares);
    }
    const float mean = sum_of(squares) / static_cast<float>(head_dim);
    const Values inverse = all(1.0F / std::sqrt(mean + eps));
    for (int64_t c = 0; c < head_dim; c += kHalf) {
        const Mask mask = mask_of(head_dim - c);
        const Values at = mul(mul(load(x + c, mask), inverse), load(norm + c, mask));
        store(out + c, mask, turned(at, load(turns + c, mask)));
    }
}

// Panels of a row side by side, with their bias.
void gather(const Product& product, int64_t panel, int64_t panels, const float* sums, int64_t stride, float* line) {
    for (int64_t p = 0; p < panels; p++) {
        for (int64_t half = 0; half < kEdge; half += kHalf) {
            const Values bias = load(product.w->bias.get() + (panel + p) * kEdge + half);
            store(line + p * kEdge + half, add(load(sums + p * stride + half), bias));
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
            const Values sum = add(load(block + r % kEdge * kEdge + half), load(w.bias.get() + c));
            const Values at = keep(mask_of(w.out - c), value(sum));
            by_format(out.format, [&](auto known) { split<decltype(known)::format>(at, line_of(out, r, column + c)); });
        }
    }
}

}  // namespace

template <typename T>
void linear(const std::vector<Stored<T>>& jobs, int64_t head_dim, float eps) {
    const auto store_plain = [](const Stored<T>& job, int64_t row_block, int64_t panel, const float* block) {
        each(job.product, row_block, panel, block,
             [&](int64_t r, int64_t column, Mask low, Values first, Mask high, Values second) {
                 T* at = job.out[r] + column;
                 store(at, low, first);
                 store(at + kHalf, high, second);
             });
    };
    // The panels that whole heads fill.
    const int64_t group = head_dim == 0 ? 1 : std::lcm(head_dim, kEdge) / kEdge;
    blocks(jobs, group, [&](const Stored<T>& job, int64_t row_block, int64_t panel, int64_t panels, const float* sums,
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

void linear_gelu(const std::vector<Activated>& jobs) {
    blocks(jobs, 1, [](const Activated& job, int64_t row_block, int64_t panel, int64_t, const float* block, int64_t) {
        to_tiles(job.product, row_block, panel, block, 0, job.product.a->count, *job.out, job.column,
                 [](Values x) { return gelu(x); });
    });
}

void linear_low(const std::vector<Lowered>& jobs) {
    blocks(jobs, 1, [](const Lowered& job, int64_t row_block, int64_t panel, int64_t, const float* block, int64_t) {
        const int64_t first = row_block * kEdge, last = std::min(first + kEdge, job.product.a->count);
        const int64_t own_first = std::max(first, job.first), own_last = std::min(last, job.first + job.count);
        const auto fill = [&](int64_t from, int64_t to, float by) {
            to_tiles(job.product, row_block, panel, block, from, to, *job.out, 0,
                     [by](Values x) { return by == 0 ? zero() : mul(x, all(by)); });
        };
        fill(first, std::min(own_first, last), 0);
        fill(own_first, own_last, job.scale);
        fill(std::max(own_last, first), last, 0);
    });
}

template <typename T>
void linear_gated(const std::vector<Gated<T>>& jobs) {
    blocks(jobs, 1, [](const Gated<T>& job, int64_t row_block, int64_t panel, int64_t, const float* block, int64_t) {
        each(job.product, row_block, panel, block,
             [&](int64_t r, int64_t column, Mask low, Values first, Mask high, Values second) {
                 T* at = job.x[r] + column;
                 const T* by = job.gate[r / job.x.tokens] + column;
                 store(at, low, fma(load(by, low), first, load(at, low)));
                 store(at + kHalf, high, fma(load(by + kHalf, high), second, load(at + kHalf, high)));
             });
    });
}

template void linear(const std::vector<Stored<float>>&, int64_t, float);
template void linear(const std::vector<Stored<bf16>>&, int64_t, float);
template void linear_gated(const std::vector<Gated<float>>&);
template void linear_gated(const std::vector<Gated<bf16>>&);

}  // namespace irs::tiles::IRS_LEVEL
