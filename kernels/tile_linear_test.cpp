// Linear layers on tiles against f64: sizes that fill no tile, deep and wide ones, strided rows, what follows them
// (gelu, gate, the heads' norm and turn), branches, several at once, and the same bits whatever the batch.
#include "tile_linear.h"

#include <algorithm>

#include "gelu.h"
#include "layer_norm_modulate.h"
#include "testing.h"
#include "tile_testing.h"

namespace {

using namespace irs;

template <typename T>
struct Layer {
    int64_t out, in;
    std::vector<T> w, bias;
    tiles::Weight weight;

    Layer(int64_t out_, int64_t in_)
        : out(out_),
          in(in_),
          w(testing::normal<T>(out_ * in_, 11, 0, 1 / std::sqrt(static_cast<float>(in_)))),
          bias(testing::normal<T>(out_, 12)),
          weight(w.data(), bias.data(), out_, in_) {}

    double operator()(const T* x, int64_t n) const {
        double sum = to_float(bias[static_cast<size_t>(n)]);
        for (int64_t c = 0; c < in; c++) sum += double{to_float(x[c])} * to_float(w[static_cast<size_t>(n * in + c)]);
        return sum;
    }
};

// Sums of `in` terms of about 1 / sqrt(in), one after another in f32, err by a few ulp of it, then round to T. (Of 800,000 such
// sums of 64 terms the worst is 1.1e-6 off, of 1,100 terms 4e-6.)
template <typename T>
double limit(int64_t in) {
    return testing::ulp<T>() + 2e-7 * std::sqrt(static_cast<double>(in));
}

template <typename T>
void check_linear(testing::Checks& checks, int64_t batch, int64_t tokens, int64_t in, int64_t out) {
    Workspace workspace;
    const Layer<T> layer(out, in);
    const int64_t whole = tokens + 1;
    const std::vector<T> x = testing::normal<T>(batch * whole * in, 13);
    std::vector<T> y(static_cast<size_t>(batch * whole * out), from_float<T>(-7.0F));
    const RowsOf<const T> from{x.data() + in, batch, tokens, whole * in, in};
    const RowsOf<T> to{y.data() + out, batch, tokens, whole * out, out};
    tiles::Rows rows(workspace, batch * tokens, in, tiles::format_of<T>());
    rows.put(from, 0, in);
    tiles::linear<T>({{{&rows, &layer.weight}, to}}, 0, 0);
    for (int64_t r = 0; r < from.count(); r++) {
        for (int64_t n = 0; n < out; n++) {
            checks.near("linear", r * out + n, to_float(to[r][n]), layer(from[r], n), limit<T>(in));
        }
    }
    for (int64_t n = 0; n < out; n++) checks.that(to_float(y[static_cast<size_t>(n)]) == -7.0F, "other tokens stay");

    // Every row by itself gives the same bits.
    tiles::Rows alone(workspace, 1, in, tiles::format_of<T>());
    std::vector<T> single(static_cast<size_t>(out));
    for (int64_t r = 0; r < from.count(); r += 7) {
        alone.put(RowsOf<const T>{from[r], 1, 1, in, in}, 0, in);
        tiles::linear<T>({{{&alone, &layer.weight}, RowsOf<T>{single.data(), 1, 1, out, out}}}, 0, 0);
        checks.that(std::equal(single.begin(), single.end(), to[r],
                               [](T a, T b) { return to_float(a) == to_float(b); }),
                    "a row alone is a row of a batch");
    }
}

// x += gate (mlp_out([attention, gelu(mlp_in(norm(x)))])), as a single block has it.
template <typename T>
void check_block(testing::Checks& checks, int64_t batch, int64_t tokens, int64_t d, int64_t mlp) {
    Workspace workspace;
    const Layer<T> in(mlp, d), out(d, d + mlp);
    std::vector<T> x = testing::normal<T>(batch * tokens * d, 14);
    const std::vector<T> before = x, attention = testing::normal<T>(batch * tokens * d, 15);
    const std::vector<T> table = testing::normal<T>(3 * d, 16);
    const std::vector<const void*> at(static_cast<size_t>(batch), table.data());
    const TableOf<T> scale{at.data(), 0}, shift{at.data(), d}, gate{at.data(), 2 * d};
    const RowsOf<const T> old{before.data(), batch, tokens, tokens * d, d};
    const RowsOf<const T> attended{attention.data(), batch, tokens, tokens * d, d};
    const RowsOf<T> now{x.data(), batch, tokens, tokens * d, d};

    tiles::Rows normed(workspace, batch * tokens, d, tiles::format_of<T>());
    tiles::put_modulated<T>({{old, scale, shift, &normed}}, 1e-6F);
    tiles::Rows hidden(workspace, batch * tokens, d + mlp, tiles::format_of<T>());
    tiles::linear_gelu({{{&normed, &in.weight}, &hidden, d}});
    hidden.put(attended, 0, d);
    tiles::linear_gated<T>({{{&hidden, &out.weight}, gate, now}});

    // The norm by its own kernel, which has a test of its own.
    std::vector<T> plain(x.size());
    layer_norm_modulate(old, d, scale, shift, 1e-6F, RowsOf<T>{plain.data(), batch, tokens, tokens * d, d});
    for (int64_t r = 0; r < old.count(); r++) {
        std::vector<T> both(attended[r], attended[r] + d);
        for (int64_t n = 0; n < mlp; n++) {
            const double h = in(plain.data() + r * d, n);
            const double inner = std::sqrt(2 / 3.14159265358979323846) * (h + kGeluCubic * h * h * h);
            both.push_back(from_float<T>(static_cast<float>(h / 2 * (1 + std::tanh(inner)))));
        }
        for (int64_t n = 0; n < d; n++) {
            const double wanted = to_float(old[r][n]) + to_float(gate[r / tokens][n]) * out(both.data(), n);
            checks.near("block", r * d + n, to_float(now[r][n]), wanted, 8 * testing::ulp<T>() + limit<T>(d + mlp));
        }
    }
}

// Two products in one call, the first with normed and turned heads and with branches for some of its rows.
template <typename T>
void check_heads(testing::Checks& checks, int64_t heads, int64_t head_dim) {
    constexpr int64_t batch = 3, tokens = 21, in = 40, rank = 5, rows = batch * tokens, first = tokens, count = 2 * tokens;
    const int64_t width = heads * head_dim;
    Workspace workspace;
    const Layer<T> layer(width, in), other(70, in), down(rank, in), up(width, rank);
    const std::vector<T> x = testing::normal<T>(rows * in, 17), norm = testing::normal<T>(head_dim, 18, 1);
    std::vector<float> turns = testing::normal<float>(tokens * head_dim, 19);
    std::vector<T> y(static_cast<size_t>(rows * width)), z(static_cast<size_t>(rows * 70));
    tiles::Rows a(workspace, rows, in, tiles::format_of<T>());
    a.put(RowsOf<const T>{x.data(), batch, tokens, tokens * in, in}, 0, in);
    const auto low = std::make_shared<tiles::Rows>(workspace, rows, rank, tiles::format_of<T>());
    tiles::linear_low({{{&a, &down.weight}, 0.5F, low.get(), first, count}});
    tiles::linear<T>({{{&a, &layer.weight, {{low, &up.weight, first, count}}},
                     RowsOf<T>{y.data(), batch, tokens, tokens * width, width}, norm.data(), turns.data()},
                    {{&a, &other.weight}, RowsOf<T>{z.data(), batch, tokens, tokens * 70, 70}}},
                   head_dim, 1e-6F);
    for (int64_t r = 0; r < rows; r++) {
        const T* row = x.data() + r * in;
        std::vector<T> lower;
        for (int64_t n = 0; n < rank; n++) lower.push_back(from_float<T>(static_cast<float>(down(row, n) / 2)));
        for (int64_t h = 0; h < heads; h++) {
            std::vector<double> head;
            double squares = 0;
            for (int64_t c = 0; c < head_dim; c++) {
                const int64_t n = h * head_dim + c;
                // up's bias belongs to no branch.
                const double branch = up(lower.data(), n) - to_float(up.bias[static_cast<size_t>(n)]);
                head.push_back(layer(row, n) + (r >= first && r < first + count ? branch : 0));
                squares += head.back() * head.back();
            }
            const double inverse = 1 / std::sqrt(squares / static_cast<double>(head_dim) + 1e-6);
            for (int64_t c = 0; c < head_dim; c += 2) {
                const auto normed = [&](int64_t i) {
                    return head[static_cast<size_t>(i)] * inverse * to_float(norm[static_cast<size_t>(i)]);
                };
                const float* turn = turns.data() + r % tokens * head_dim + c;
                const int64_t at = r * width + h * head_dim + c;
                const double limit_here = 4 * testing::ulp<T>() + 4 * limit<T>(in);
                checks.near("turned", at, to_float(y[static_cast<size_t>(at)]),
                            normed(c) * turn[0] - normed(c + 1) * turn[1], limit_here);
                checks.near("turned", at + 1, to_float(y[static_cast<size_t>(at + 1)]),
                            normed(c + 1) * turn[0] + normed(c) * turn[1], limit_here);
            }
        }
        for (int64_t n = 0; n < 70; n++) {
            checks.near("beside", r * 70 + n, to_float(z[static_cast<size_t>(r * 70 + n)]), other(row, n), limit<T>(in));
        }
    }
}

template <typename T>
void check_all(testing::Checks& checks) {
    check_linear<T>(checks, 1, 1, 1, 1);
    check_linear<T>(checks, 2, 17, 33, 65);
    check_linear<T>(checks, 3, 40, 100, 31);
    check_linear<T>(checks, 1, 70, 1100, 20);
    check_linear<T>(checks, 2, 130, 64, 330);
    checks.report(testing::type_name<T>());
    check_block<T>(checks, 2, 19, 64, 96);
    check_block<T>(checks, 1, 33, 32, 50);
    checks.report(testing::type_name<T>());
    check_heads<T>(checks, 2, 64);
    check_heads<T>(checks, 4, 16);
    check_heads<T>(checks, 3, 48);
    checks.report(testing::type_name<T>());
}

}  // namespace

int main() {
    testing::Checks checks;
    tiles::at_every_level([&] {
        check_all<float>(checks);
        check_all<bf16>(checks);
    });
    return checks.result();
}
