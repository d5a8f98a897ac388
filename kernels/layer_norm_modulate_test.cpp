// layer_norm_modulate against f64, with rows of a part of the tokens, odd widths, and rows at different lines of the table.
#include "layer_norm_modulate.h"

#include "testing.h"

namespace {

using namespace irs;

template <typename T>
void check(testing::Checks& checks, int64_t batch, int64_t tokens, int64_t width, float mean) {
    const int64_t first = 2, whole = tokens + 3, lines = 4;
    const float eps = 1e-6F;
    const std::vector<T> x = testing::normal<T>(batch * whole * width, 1, mean);
    const std::vector<T> table = testing::normal<T>(lines * 2 * width, 2);
    std::vector<T> out(static_cast<size_t>(batch * tokens * width));
    std::vector<int64_t> index;
    for (int64_t b = 0; b < batch; b++) index.push_back((3 * b + 1) % lines);
    const RowsOf<const T> rows{x.data() + first * width, batch, tokens, whole * width, width};
    const RowsOf<T> to{out.data(), batch, tokens, tokens * width, width};
    const std::vector<const void*> at = testing::lines_of(table, index, 2 * width);
    const TableOf<T> scale{at.data(), 0}, shift{at.data(), width};
    layer_norm_modulate(rows, width, scale, shift, eps, to);
    for (int64_t r = 0; r < rows.count(); r++) {
        double sum = 0, squares = 0;
        for (int64_t c = 0; c < width; c++) sum += to_float(rows[r][c]);
        const double average = sum / static_cast<double>(width);
        for (int64_t c = 0; c < width; c++) squares += std::pow(to_float(rows[r][c]) - average, 2);
        const double inverse = 1 / std::sqrt(squares / static_cast<double>(width) + eps);
        for (int64_t c = 0; c < width; c++) {
            const double wanted = (to_float(rows[r][c]) - average) * inverse * to_float(scale[r / tokens][c]) +
                                  to_float(shift[r / tokens][c]);
            checks.near(testing::type_name<T>(), r * width + c, to_float(to[r][c]), wanted, testing::ulp<T>() + 2e-6);
        }
    }
}

template <typename T>
void check_all(testing::Checks& checks) {
    check<T>(checks, 3, 5, 64, 0);
    check<T>(checks, 1, 40, 513, 0);
    check<T>(checks, 2, 7, 1, 0);
    check<T>(checks, 5, 1, 31, 4);
    checks.report(testing::type_name<T>());
}

}  // namespace

int main() {
    testing::Checks checks;
    check_all<float>(checks);
    check_all<bf16>(checks);
    return checks.result();
}
