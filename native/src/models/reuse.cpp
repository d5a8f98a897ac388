#include "models/reuse.h"

#include "error.h"
#include "models/checks.h"
#include "models/forward.h"
#include "models/plan.h"
#include "torch/ops.h"

namespace irs {

namespace {

Tensor row_of(const Tensor& x, int64_t row) { return ops::narrow(x, 0, row, 1); }

Tensor of_img(const Tensor& x, const Plan& plan) { return ops::narrow(x, 1, plan.txt_tokens, plan.img_tokens); }

// Feature `which` (1, T, d) of a half of a row's features.
Tensor feature(const Tensor& features, int64_t half, int64_t which) {
    const Tensor own = row_of(features, half);
    const Shape shape = own.shape();
    return ops::reshape(ops::narrow(own, 1, which, 1), {1, shape[2], shape[3]});
}

Tensor mean_size(const Tensor& x) { return ops::mean_last(ops::reshape(ops::absolute(x), {1, x.numel()})); }

// Mean |now - before| over mean |before| (1), in f32. Each row by itself, so that its batch does not matter.
Tensor change(const Tensor& now, const Tensor& before) {
    const Tensor last = before.to(DType::f32);
    return ops::divide(mean_size(ops::subtract(now.to(DType::f32), last)), mean_size(last));
}

// What each row of the caller's has in the batch of halves.
std::vector<std::vector<int64_t>> places_of(const Halves& halves, size_t n) {
    std::vector<std::vector<int64_t>> out(n);
    for (size_t i = 0; i < n; i++) out[i].push_back(static_cast<int64_t>(i));
    for (size_t j = 0; j < halves.guided.size(); j++) {
        out[static_cast<size_t>(halves.guided[j])].push_back(static_cast<int64_t>(n + j));
    }
    return out;
}

// Which rows changed by no more than the threshold in all halves. `added` (halves, T, d) by the first block.
std::vector<bool> still(const Tensor& added, const std::vector<std::vector<int64_t>>& places, const Reuse& reuse) {
    std::vector<Tensor> changes;
    for (size_t i = 0; i < places.size(); i++) {
        for (size_t half = 0; reuse.last[i] && half < places[i].size(); half++) {
            changes.push_back(change(row_of(added, places[i][half]), feature(reuse.last[i], static_cast<int64_t>(half), 0)));
        }
    }
    std::vector<bool> out(places.size(), false);
    if (changes.empty()) return out;
    const Tensor all = ops::cat(changes, 0).copy(Device{}, DType::f32);  // one wait for the device
    const auto* values = static_cast<const float*>(all.data());
    for (size_t i = 0; i < places.size(); i++) {
        if (!reuse.last[i]) continue;
        out[i] = true;
        for (size_t half = 0; half < places[i].size(); half++) out[i] = out[i] && *values++ <= reuse.threshold;  // NaN does not
    }
    return out;
}

void require_features(const Tensor& last, size_t row, size_t halves, const Plan& plan, const Flux& flux) {
    if (!last) return;
    const Shape wanted{static_cast<int64_t>(halves), 2, plan.img_tokens, flux.width()};
    require(last.shape() == wanted && last.dtype() == flux.dtype() && last.device() == flux.device(), "the features of row ",
            row, " have shape ", to_string(last.shape()), " in ", name(last.dtype()), ", expected ", to_string(wanted), " in ",
            name(flux.dtype()), " on the transformer's device");
}

}  // namespace

Tensor reusing_velocity(const Flux& flux, const Tensor& img, const Rows& all, Reuse& reuse) {
    const size_t n = all.rows.size();
    require(reuse.threshold >= 0, "the threshold for reuse is ", reuse.threshold, ", expected 0 or more");
    require(reuse.last.size() == n, "features of ", reuse.last.size(), " rows for ", n);
    const Halves halves = halves_of(all);
    const std::vector<std::vector<int64_t>> places = places_of(halves, n);
    const Tensor latents = with_halves(img, halves, flux.device());
    require_batch(flux, latents, halves.rows);
    const Plan& plan = *halves.rows[0].plan;
    for (size_t i = 0; i < n; i++) require_features(reuse.last[i], i, places[i].size(), plan, flux);

    const Conditioning conditioning = conditioning_of(halves.rows);
    const std::unique_ptr<Stages> stages = stages_of(flux, halves.rows, conditioning);
    const size_t blocks = flux.double_blocks().size() + flux.single_blocks().size();
    Tensor x = stages->begin(latents);
    const Tensor before = of_img(x, plan).copy(x.device(), x.dtype());
    stages->blocks(x, 0, 1, nullptr);
    const Tensor first = of_img(x, plan).copy(x.device(), x.dtype()), added = ops::subtract(first, before);
    reuse.reused = still(added, places, reuse);

    // The halves that go on.
    std::vector<int64_t> going;
    for (size_t i = 0; i < n; i++) {
        if (!reuse.reused[i]) going.insert(going.end(), places[i].begin(), places[i].end());
    }
    const auto count = static_cast<int64_t>(going.size());
    Tensor end, rest;  // (count, T, d), img after all blocks, and what all but the first added
    if (count > 0) {
        std::vector<Row> rows;
        for (const int64_t place : going) rows.push_back(halves.rows[static_cast<size_t>(place)]);
        const Conditioning of_going = conditioning_of(rows);
        const Tensor index = Tensor::of(going, {count}, x.device());
        Tensor part = ops::index_select(x, 0, index);
        stages_of(flux, rows, of_going)->blocks(part, 1, blocks, nullptr);
        end = of_img(part, plan);
        rest = ops::subtract(end, ops::index_select(first, 0, index));
    }

    std::vector<Tensor> ends(halves.rows.size());
    reuse.features.clear();
    int64_t next = 0;
    for (size_t i = 0; i < n; i++) {
        std::vector<Tensor> own;
        for (size_t half = 0; half < places[i].size(); half++) {
            const int64_t place = places[i][half];
            Tensor& at = ends[static_cast<size_t>(place)];
            if (reuse.reused[i]) {
                at = ops::add(row_of(first, place), feature(reuse.last[i], static_cast<int64_t>(half), 1));
                continue;
            }
            at = row_of(end, next);
            own.push_back(row_of(added, place));
            own.push_back(row_of(rest, next++));
        }
        const Shape shape{static_cast<int64_t>(places[i].size()), 2, plan.img_tokens, flux.width()};
        reuse.features.push_back(reuse.reused[i] ? reuse.last[i] : ops::reshape(ops::cat(own, 0), shape));
    }
    of_img(x, plan).fill_from(ops::cat(ends, 0));
    return mixed(stages->finish(x), halves, all);
}

}  // namespace irs
