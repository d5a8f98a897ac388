#include "models/stages.h"

#include <algorithm>

#include "models/forward.h"
#include "models/plan.h"
#include "models/tiled_forward.h"
#include "torch/ops.h"

namespace irs {

std::vector<Layers::Group> groups_of(const std::vector<Row>& rows) {
    std::vector<Layers::Group> out;
    for (const Row& row : rows) {
        if (out.empty() || !(*out.back().adapters == *row.plan->adapters)) {
            const int64_t begin = out.empty() ? 0 : out.back().begin + out.back().count;
            out.push_back({begin, 0, row.plan->adapters.get()});
        }
        out.back().count++;
    }
    return out;
}

Conditioning conditioning_of(const std::vector<Row>& rows) {
    const Plan& first = *rows[0].plan;
    const bool one_plan = std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return row.plan == &first; });
    std::vector<int64_t> lines;
    std::vector<Tensor> txts, tables;
    for (const Row& row : rows) {
        lines.push_back(row.step);
        if (one_plan && !txts.empty()) continue;
        // A training batch has a text a row: row i stands at step i of the one plan.
        txts.push_back(row.plan->txt);
        tables.push_back(row.plan->modulations);
    }
    return {std::move(txts), Modulations(std::move(tables), std::move(lines), first.flux->width()), first.rope};
}

Tensor Conditioning::txt() const {
    if (txts.size() > 1) return ops::cat(txts, 0);
    const auto n = static_cast<int64_t>(modulations.lines().size());
    return txts[0].size(0) == n ? txts[0] : ops::expand(txts[0], {n, txts[0].size(1), txts[0].size(2)});
}

std::unique_ptr<Stages> stages_of(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning) {
    if (tiles_serve(flux, rows)) return tiled_stages(flux, rows, conditioning);
    return std::make_unique<Forward>(flux, rows, conditioning);
}

Tensor Flux::velocity(const Tensor& img, const std::vector<Row>& rows, Trace* trace) const {
    require_batch(*this, img, rows);
    const Conditioning conditioning = conditioning_of(rows);
    const std::unique_ptr<Stages> stages = stages_of(*this, rows, conditioning);
    Tensor x = stages->begin(img);
    stages->blocks(x, 0, double_blocks_.size() + single_blocks_.size(), trace);
    return stages->finish(x);
}

}  // namespace irs
