// qk_norm_rope against f64; and turning keeps each pair's length.
#include "qk_norm_rope.h"

#include "testing.h"

namespace {

using namespace irs;

template <typename T>
void check(testing::Checks& checks, int64_t batch, int64_t tokens, int64_t heads, int64_t head_dim) {
    const int64_t width = heads * head_dim, first = 3, whole = tokens + first;
    const float eps = 1e-6F;
    std::vector<T> x = testing::normal<T>(batch * whole * width, 1);
    const std::vector<T> before = x, weight = testing::normal<T>(head_dim, 2, 1, 0.2F);
    std::vector<float> turns;
    for (int64_t t = 0; t < tokens; t++) {
        for (int64_t i = 0; i < head_dim / 2; i++) {
            const double angle = static_cast<double>(t) / std::pow(100.0, static_cast<double>(i) / 8);
            turns.push_back(static_cast<float>(std::cos(angle)));
            turns.push_back(static_cast<float>(std::sin(angle)));
        }
    }
    const RowsOf<T> rows{x.data() + first * width, batch, tokens, whole * width, width};
    const RowsOf<const T> old{before.data() + first * width, batch, tokens, whole * width, width};
    // Into another tensor, then in place.
    std::vector<T> other(x.size());
    const RowsOf<T> apart{other.data() + first * width, batch, tokens, whole * width, width};
    qk_norm_rope(old, heads, head_dim, weight.data(), turns.data(), eps, apart);
    const RowsOf<const T> same{x.data() + first * width, batch, tokens, whole * width, width};
    qk_norm_rope(same, heads, head_dim, weight.data(), turns.data(), eps, rows);
    for (int64_t r = 0; r < rows.count(); r++) {
        for (int64_t c = 0; c < width; c++) checks.that(to_float(apart[r][c]) == to_float(rows[r][c]), "in place or not");
    }
    for (int64_t r = 0; r < rows.count(); r++) {
        for (int64_t h = 0; h < heads; h++) {
            const T *in = old[r] + h * head_dim, *out = rows[r] + h * head_dim;
            const float* turn = turns.data() + r % tokens * head_dim;
            double squares = 0;
            for (int64_t c = 0; c < head_dim; c++) squares += double{to_float(in[c])} * to_float(in[c]);
            const double inverse = 1 / std::sqrt(squares / static_cast<double>(head_dim) + eps);
            for (int64_t c = 0; c < head_dim; c += 2) {
                const double a = to_float(in[c]) * inverse * to_float(weight[static_cast<size_t>(c)]);
                const double b = to_float(in[c + 1]) * inverse * to_float(weight[static_cast<size_t>(c + 1)]);
                const int64_t at = r * width + h * head_dim + c;
                const double limit = 4 * testing::ulp<T>();
                checks.near(testing::type_name<T>(), at, to_float(out[c]), a * turn[c] - b * turn[c + 1], limit);
                checks.near(testing::type_name<T>(), at + 1, to_float(out[c + 1]), b * turn[c] + a * turn[c + 1], limit);
                checks.near("length", at, std::hypot(to_float(out[c]), to_float(out[c + 1])), std::hypot(a, b), limit);
            }
        }
    }
}

template <typename T>
void check_all(testing::Checks& checks) {
    check<T>(checks, 2, 5, 3, 64);
    check<T>(checks, 1, 37, 2, 20);
    check<T>(checks, 3, 1, 1, 2);
    checks.report(testing::type_name<T>());
}

}  // namespace

int main() {
    testing::Checks checks;
    check_all<float>(checks);
    check_all<bf16>(checks);
    return checks.result();
}
