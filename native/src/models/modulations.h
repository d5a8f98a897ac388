// The modulation vectors of a forward's rows: lines of a table, one a row of the batch.
#pragma once

#include "rows.h"
#include "torch/tensor.h"

namespace irs {

// The order of Flux::modulations: of each double block img's and txt's, of each single block its own, then the final norm's
// scale and shift.
namespace columns {

// Of the attention, then of the MLP where there is one.
constexpr size_t kShift = 0, kScale = 1, kGate = 2;
constexpr size_t kOfModulation = 3, kOfStream = 2 * kOfModulation, kOfDoubleBlock = 2 * kOfStream;

constexpr size_t of_double(size_t index) { return index * kOfDoubleBlock; }
constexpr size_t of_single(size_t double_blocks, size_t index) {
    return double_blocks * kOfDoubleBlock + index * kOfModulation;
}

}  // namespace columns

class Modulations {
public:
    // Tables (lines, columns of `width` side by side) in the order that Flux::modulations wrote them, one for all rows or
    // one for each: row b takes lines[b] of its.
    Modulations(std::vector<Tensor> tables, std::vector<int64_t> lines, int64_t width);

    // Column `index`, (1 or N, 1, width): 1 when all rows share a line.
    Tensor column(size_t index) const;

    // Column `index` of the whole table(), (lines, width).
    Tensor at(size_t index) const;

    // The same for the CPU's kernels, which read every row's own table.
    template <typename T>
    TableOf<T> vectors(size_t index) const {
        return {starts_.data(), static_cast<int64_t>(index) * width_};
    }

    // One table for all rows, and the lines that they take of it: of several tables those lines alone.
    const Tensor& table() const { return joined().tables_[0]; }
    const std::vector<int64_t>& lines() const { return joined().lines_; }
    // The lines where the table is, (N) i64.
    const Tensor& device_lines() const;

private:
    const Modulations& joined() const;

    mutable std::vector<Tensor> tables_;
    mutable std::vector<int64_t> lines_;
    int64_t width_;
    std::vector<const void*> starts_;  // of every row's line
    mutable Tensor index_;             // the lines on the device, once they were needed
};

}  // namespace irs
