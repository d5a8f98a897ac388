#include "models/modulations.h"

#include "torch/ops.h"

namespace irs {

Modulations::Modulations(std::vector<Tensor> tables, std::vector<int64_t> lines, int64_t width)
    : tables_(std::move(tables)), lines_(std::move(lines)), width_(width) {
    const char* data = nullptr;
    int64_t stride = 0;
    for (size_t b = 0; b < lines_.size(); b++) {
        if (b < tables_.size()) {
            data = static_cast<const char*>(tables_[b].data());
            stride = tables_[b].size(1) * element_size(tables_[b].dtype());
        }
        starts_.push_back(data + lines_[b] * stride);
    }
}

// A copy that only operators and CUDA's kernels need.
const Modulations& Modulations::joined() const {
    if (tables_.size() == 1) return *this;
    std::vector<Tensor> own;
    for (size_t b = 0; b < lines_.size(); b++) {
        own.push_back(ops::narrow(tables_[b], 0, lines_[b], 1));
        lines_[b] = static_cast<int64_t>(b);
    }
    tables_ = {ops::cat(own, 0)};
    return *this;
}

Tensor Modulations::at(size_t index) const {
    return ops::narrow(table(), 1, static_cast<int64_t>(index) * width_, width_);
}

const Tensor& Modulations::device_lines() const {
    if (!index_) index_ = Tensor::of(lines(), {static_cast<int64_t>(lines_.size())}, table().device());
    return index_;
}

Tensor Modulations::column(size_t index) const {
    const Tensor columns = at(index);
    const auto count = static_cast<int64_t>(lines_.size());
    bool in_order = count == table().size(0), shared = true;
    for (int64_t b = 0; b < count; b++) {
        in_order &= lines_[static_cast<size_t>(b)] == b;
        shared &= lines_[static_cast<size_t>(b)] == lines_[0];
    }
    Tensor rows = columns;
    if (shared && !in_order) {
        rows = ops::narrow(columns, 0, lines_[0], 1);
    } else if (!in_order) {
        rows = ops::index_select(columns, 0, device_lines());
    }
    return ops::reshape(rows, {rows.size(0), 1, width_});
}

}  // namespace irs
