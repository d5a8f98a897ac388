// gated_residual against f64, with rows of a part of the tokens and rows at different lines of the table.
#include "gated_residual.h"

#include "testing.h"

namespace {

using namespace irs;

template <typename T>
void check(testing::Checks& checks, int64_t batch, int64_t tokens, int64_t width) {
    const int64_t first = 1, whole = tokens + 2, lines = 3;
    std::vector<T> x = testing::normal<T>(batch * whole * width, 1);
    const std::vector<T> before = x, update = testing::normal<T>(batch * tokens * width, 2);
    const std::vector<T> table = testing::normal<T>(lines * width, 3);
    std::vector<int64_t> index;
    for (int64_t b = 0; b < batch; b++) index.push_back((2 * b + 1) % lines);
    const RowsOf<T> rows{x.data() + first * width, batch, tokens, whole * width, width};
    const RowsOf<const T> old{before.data() + first * width, batch, tokens, whole * width, width};
    const RowsOf<const T> by{update.data(), batch, tokens, tokens * width, width};
    const std::vector<const void*> at = testing::lines_of(table, index, width);
    const TableOf<T> gate{at.data(), 0};
    gated_residual(rows, width, gate, by);
    for (int64_t r = 0; r < rows.count(); r++) {
        for (int64_t c = 0; c < width; c++) {
            const double wanted =
                to_float(old[r][c]) + double{to_float(gate[r / tokens][c])} * to_float(by[r][c]);
            checks.near(testing::type_name<T>(), r * width + c, to_float(rows[r][c]), wanted, testing::ulp<T>() + 5e-7);
        }
    }
    for (int64_t c = 0; c < width; c++) {
        checks.that(to_float(x[static_cast<size_t>(c)]) == to_float(before[static_cast<size_t>(c)]),
                    "tokens before the part stay");
    }
}

template <typename T>
void check_all(testing::Checks& checks) {
    check<T>(checks, 3, 5, 64);
    check<T>(checks, 1, 90, 33);
    check<T>(checks, 4, 1, 1);
    checks.report(testing::type_name<T>());
}

}  // namespace

int main() {
    testing::Checks checks;
    check_all<float>(checks);
    check_all<bf16>(checks);
    return checks.result();
}
