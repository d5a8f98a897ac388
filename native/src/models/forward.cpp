#include "models/forward.h"

#include <algorithm>

#include "error.h"
#include "models/checks.h"
#include "models/plan.h"
#include "models/tiled_forward.h"
#include "torch/ops.h"

namespace irs {

namespace {

void record(Trace* trace, const char* kind, size_t i, const Tensor& img, const Tensor& txt) {
    if (trace == nullptr) return;
    // Copies: the next block may write into these.
    trace->put(join(kind, i, ".img"), img.copy(img.device(), img.dtype()));
    trace->put(join(kind, i, ".txt"), txt.copy(txt.device(), txt.dtype()));
}

}  // namespace

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

Forward::Forward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning)
    : flux_(flux), cond_(conditioning), layers_(flux, cond_.modulations, groups_of(rows)) {}

Tensor Forward::operator()(const Tensor& latents, Trace* trace) const {
    Tensor img = embed(latents), txt = cond_.txt, x;
    const int64_t txt_tokens = txt.size(1), img_tokens = img.size(1);
    if (layers_.in_place()) {
        // From here on txt and img are parts of x.
        x = ops::cat({txt, img}, 1);
        txt = ops::narrow(x, 1, 0, txt_tokens);
        img = ops::narrow(x, 1, txt_tokens, img_tokens);
    }
    for (size_t i = 0; i < flux_.double_blocks().size(); i++) {
        double_block(i, img, txt);
        record(trace, "double.", i, img, txt);
    }
    if (!x) x = ops::cat({txt, img}, 1);
    for (size_t i = 0; i < flux_.single_blocks().size(); i++) {
        single_block(i, x);
        if (trace == nullptr) continue;
        record(trace, "single.", i, ops::narrow(x, 1, txt_tokens, img_tokens), ops::narrow(x, 1, 0, txt_tokens));
    }
    return finish(x);
}

Tensor Forward::embed(const Tensor& latents) const {
    return layers_.linear(flux_.x_embedder(), latents);
}

Tensor Forward::finish(const Tensor& x) const {
    const int64_t txt_tokens = cond_.txt.size(1);
    const Tensor img = ops::narrow(x, 1, txt_tokens, x.size(1) - txt_tokens);
    const size_t scale = columns::of_single(flux_.double_blocks().size(), flux_.single_blocks().size());
    return ops::contiguous(layers_.linear(flux_.proj_out(), layers_.normed(img, scale + 1, scale)));
}

void Forward::double_block(size_t index, Tensor& img, Tensor& txt) const {
    const auto& [i, t] = flux_.double_blocks()[index];
    const size_t of_img = columns::of_double(index), of_txt = of_img + columns::kOfStream;
    const Tensor img_in = layers_.normed(img, of_img + columns::kShift, of_img + columns::kScale);
    const Tensor txt_in = layers_.normed(txt, of_txt + columns::kShift, of_txt + columns::kScale);
    // Text first, as everywhere in FLUX.
    const Tensor q = layers_.turned({{&txt_in, &t.q, &t.norm_q}, {&img_in, &i.q, &i.norm_q}}, cond_.rope);
    const Tensor k = layers_.turned({{&txt_in, &t.k, &t.norm_k}, {&img_in, &i.k, &i.norm_k}}, cond_.rope);
    const Tensor v = layers_.joint({{&txt_in, &t.v, nullptr}, {&img_in, &i.v, nullptr}});
    const Tensor joint = layers_.attention(q, k, v);
    const int64_t txt_tokens = txt.size(1), img_tokens = img.size(1);
    after(i, img, of_img, ops::narrow(joint, 1, txt_tokens, img_tokens));
    after(t, txt, of_txt, ops::narrow(joint, 1, 0, txt_tokens));
}

// What follows the attention in a stream.
void Forward::after(const Stream& stream, Tensor& x, size_t first, const Tensor& attended) const {
    const size_t of_mlp = first + columns::kOfModulation;
    const Tensor in = layers_.gated_normed(x, first + columns::kGate, stream.out, attended, of_mlp + columns::kShift,
                                           of_mlp + columns::kScale);
    layers_.gated(x, of_mlp + columns::kGate, stream.mlp_out, layers_.gelu(stream.mlp_in, in));
}

void Forward::single_block(size_t index, Tensor& x) const {
    const SingleBlock& block = flux_.single_blocks()[index];
    const size_t first = columns::of_single(flux_.double_blocks().size(), index);
    const Tensor in = layers_.normed(x, first + columns::kShift, first + columns::kScale);
    const Tensor q = layers_.turned({{&in, &block.q, &block.norm_q}}, cond_.rope);
    const Tensor k = layers_.turned({{&in, &block.k, &block.norm_k}}, cond_.rope);
    const Tensor v = layers_.joint({{&in, &block.v, nullptr}});
    const Tensor hidden = layers_.gelu(block.mlp, in);
    layers_.gated(x, first + columns::kGate, block.out, ops::cat({layers_.attention(q, k, v), hidden}, 2));
}

void require_batch(const Flux& flux, const Tensor& img, const std::vector<Row>& rows) {
    require(!rows.empty(), "a forward needs at least 1 row");
    const Plan& first = *rows[0].plan;
    for (size_t i = 0; i < rows.size(); i++) {
        const Plan& plan = *rows[i].plan;
        require(plan.flux == &flux, "the plan of row ", i, " was made for another transformer");
        require(plan.txt_tokens == first.txt_tokens && plan.img_tokens == first.img_tokens, "row ", i, " has ",
                plan.txt_tokens, " txt and ", plan.img_tokens, " img tokens, row 0 has ", first.txt_tokens, " and ",
                first.img_tokens);
        require(rows[i].step >= 0 && rows[i].step < plan.steps, "row ", i, " stands at step ", rows[i].step,
                ", its plan has ", plan.steps);
        require(!plan.is_batch() || (&plan == &first && rows.size() == static_cast<size_t>(plan.steps) &&
                                     rows[i].step == static_cast<int32_t>(i)),
                "a plan of ", plan.steps, " prompts conditions as many rows in their order");
    }
    require_shape("img", img, {static_cast<int64_t>(rows.size()), first.img_tokens, flux.config().in_channels});
}

Tensor Flux::velocity(const Tensor& img, const std::vector<Row>& rows, Trace* trace) const {
    require_batch(*this, img, rows);
    const Conditioning conditioning = conditioning_of(rows);
    if (tiles_serve(*this, rows)) {
        const bool as_is = img.device().is_cpu() && (img.dtype() == DType::f32 || img.dtype() == dtype_);
        return tiled_forward(*this, rows, conditioning, as_is ? img : img.to(device_, dtype_), trace);
    }
    return Forward(*this, rows, conditioning)(img.to(device_, dtype_), trace);
}

}  // namespace irs
