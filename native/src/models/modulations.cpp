#include "models/modulations.h"

#include <algorithm>

#include "torch/ops.h"

namespace irs {

Modulations::Modulations(Tensor table, std::vector<int64_t> lines, int64_t width)
    : table_(std::move(table)),
      lines_(std::move(lines)),
      width_(width),
      stride_(table_.size(1)),
      shared_(std::all_of(lines_.begin(), lines_.end(), [&](int64_t line) { return line == lines_[0]; })),
      in_order_(static_cast<int64_t>(lines_.size()) == table_.size(0)) {
    for (size_t b = 0; b < lines_.size(); b++) in_order_ &= lines_[b] == static_cast<int64_t>(b);
}

Tensor Modulations::at(size_t index) const {
    return ops::narrow(table_, 1, static_cast<int64_t>(index) * width_, width_);
}

const Tensor& Modulations::device_lines() const {
    if (!index_) index_ = Tensor::of(lines_, {static_cast<int64_t>(lines_.size())}, table_.device());
    return index_;
}

Tensor Modulations::column(size_t index) const {
    const Tensor columns = at(index);
    Tensor rows = columns;
    if (shared_ && !in_order_) {
        rows = ops::narrow(columns, 0, lines_[0], 1);
    } else if (!in_order_) {
        rows = ops::index_select(columns, 0, device_lines());
    }
    return ops::reshape(rows, {rows.size(0), 1, width_});
}

}  // namespace irs
