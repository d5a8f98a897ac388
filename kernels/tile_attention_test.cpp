// Attention on tiles against f64: tokens and widths that fill no tile, large scores, parts of a tensor's tokens, a
// result in two parts.
#include "tile_attention.h"

#include "tile_linear.h"
#include "testing.h"
#include "tile_testing.h"

namespace {

using namespace irs;

template <typename T>
void check(testing::Checks& checks, int64_t batch, int64_t tokens, int64_t heads, int64_t head_dim, float spread) {
    const int64_t width = heads * head_dim, whole = tokens + 1;
    const std::vector<T> q = testing::normal<T>(batch * whole * width, 1, 0, spread);
    const std::vector<T> k = testing::normal<T>(batch * whole * width, 2, 0, spread);
    const std::vector<T> v = testing::normal<T>(batch * whole * width, 3);
    std::vector<T> out(static_cast<size_t>(batch * tokens * width));
    const auto rows = [&](const std::vector<T>& x) {
        return RowsOf<const T>{x.data() + width, batch, tokens, whole * width, width};
    };
    const RowsOf<const T> queries = rows(q), keys = rows(k), values = rows(v);
    const RowsOf<T> to{out.data(), batch, tokens, tokens * width, width};
    const int64_t near = tokens / 3;
    Workspace workspace;
    const tiles::Rows before(workspace, batch * near, width, tiles::format_of<T>());
    const tiles::Rows after(workspace, batch * (tokens - near), width, tiles::format_of<T>());
    tiles::attention(queries, keys, values, heads, head_dim, {{0, near, &before}, {near, tokens - near, &after}});
    // Times 1: the tiles' values as they are.
    std::vector<T> one(static_cast<size_t>(width * width), from_float<T>(0));
    for (int64_t i = 0; i < width; i++) one[static_cast<size_t>(i * width + i)] = from_float<T>(1);
    const tiles::Weight same(one.data(), static_cast<const T*>(nullptr), width, width);
    tiles::linear<T>({{{&before, &same}, to.part(0, near)}, {{&after, &same}, to.part(near, tokens - near)}}, 0, 0);
    for (int64_t r = 0; r < to.count(); r++) {
        const int64_t first = r / tokens * tokens;
        for (int64_t h = 0; h < heads; h++) {
            std::vector<double> weights;
            double most = -INFINITY, sum = 0;
            for (int64_t j = 0; j < tokens; j++) {
                double score = 0;
                for (int64_t c = h * head_dim; c < (h + 1) * head_dim; c++) {
                    score += double{to_float(queries[r][c])} * to_float(keys[first + j][c]);
                }
                weights.push_back(score / std::sqrt(static_cast<double>(head_dim)));
                most = std::fmax(most, weights.back());
            }
            for (double& weight : weights) sum += weight = std::exp(weight - most);
            for (int64_t c = h * head_dim; c < (h + 1) * head_dim; c++) {
                double wanted = 0;
                for (int64_t j = 0; j < tokens; j++) {
                    wanted += weights[static_cast<size_t>(j)] / sum * to_float(values[first + j][c]);
                }
                // A score's rounding grows with the score.
                checks.near(testing::type_name<T>(), r * width + c, to_float(to[r][c]), wanted,
                            2 * testing::ulp<T>() + 2e-6 * spread * spread);
            }
        }
    }
}

template <typename T>
void check_all(testing::Checks& checks) {
    check<T>(checks, 2, 70, 3, 64, 1);
    check<T>(checks, 1, 33, 2, 48, 1);
    check<T>(checks, 1, 3, 3, 16, 1);
    check<T>(checks, 3, 40, 1, 128, 4);
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
