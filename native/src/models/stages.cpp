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
        if (out.empty() || !(*out.back().adapters == row.plan->adapters)) {
            const int64_t begin = out.empty() ? 0 : out.back().begin + out.back().count;
            out.push_back({begin, 0, &row.plan->adapters});
        }
        out.back().count++;
    }
    return out;
}

Conditioning conditioning_of(const std::vector<Row>& rows) {
    const Plan& first = *rows[0].plan;
    const int64_t width = first.flux->width();
    std::vector<int64_t> lines;
    if (std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return row.plan == &first; })) {
        for (const Row& row : rows) lines.push_back(row.step);
        // A training batch has a text a row: row i stands at step i of the one plan.
        const Tensor txt = first.is_batch() ? first.txt
                                            : ops::expand(first.txt, {static_cast<int64_t>(rows.size()),
                                                                      first.txt.size(1), first.txt.size(2)});
        return {txt, Modulations(first.modulations, lines, width), first.rope};
    }
    std::vector<Tensor> txts, steps;
    for (const Row& row : rows) {
        txts.push_back(row.plan->txt);
        steps.push_back(ops::narrow(row.plan->modulations, 0, row.step, 1));
        lines.push_back(static_cast<int64_t>(lines.size()));
    }
    return {ops::cat(txts, 0), Modulations(ops::cat(steps, 0), lines, width), first.rope};
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
