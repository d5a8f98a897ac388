#include "models/forward.h"

#include <algorithm>

#include "error.h"
#include "models/checks.h"
#include "models/plan.h"
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

Forward::Forward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning)
    : flux_(flux), cond_(conditioning), layers_(flux, cond_.modulations, groups_of(rows)) {}

Tensor Forward::begin(const Tensor& latents) const { return ops::cat({cond_.txt(), embed(latents)}, 1); }

void Forward::blocks(Tensor& x, size_t first, size_t last, Trace* trace) const {
    const int64_t txt_tokens = cond_.txts[0].size(1), img_tokens = x.size(1) - txt_tokens;
    const size_t doubles = flux_.double_blocks().size();
    // Parts of x, until a block puts others in their places.
    Tensor txt = ops::narrow(x, 1, 0, txt_tokens), img = ops::narrow(x, 1, txt_tokens, img_tokens);
    for (size_t i = first; i < std::min(last, doubles); i++) {
        double_block(i, img, txt);
        record(trace, "double.", i, img, txt);
    }
    if (first < doubles && !layers_.in_place()) x = ops::cat({txt, img}, 1);
    for (size_t i = std::max(first, doubles); i < last; i++) {
        single_block(i - doubles, x);
        if (trace == nullptr) continue;
        record(trace, "single.", i - doubles, ops::narrow(x, 1, txt_tokens, img_tokens), ops::narrow(x, 1, 0, txt_tokens));
    }
}

Tensor Forward::embed(const Tensor& latents) const {
    return layers_.linear(flux_.x_embedder(), latents.to(flux_.device(), flux_.dtype()));
}

Tensor Forward::finish(const Tensor& x) const {
    const int64_t txt_tokens = cond_.txts[0].size(1);
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
    const Tensor joint = layers_.attention(layers_.projected({{&txt_in, &t.q, &t.k, &t.v, &t.norm_q, &t.norm_k},
                                                              {&img_in, &i.q, &i.k, &i.v, &i.norm_q, &i.norm_k}},
                                                             cond_.rope));
    const int64_t txt_tokens = txt.size(1), img_tokens = img.size(1);
    after(i, img, of_img, ops::narrow(joint, 1, txt_tokens, img_tokens));
    after(t, txt, of_txt, ops::narrow(joint, 1, 0, txt_tokens));
}

// What follows the attention in a stream.
void Forward::after(const Stream& stream, Tensor& x, size_t first, const Tensor& attended) const {
    const size_t of_mlp = first + columns::kOfModulation;
    const Tensor in = layers_.gated_normed(x, first + columns::kGate, layers_.linear(stream.out, attended),
                                           of_mlp + columns::kShift, of_mlp + columns::kScale);
    layers_.gated(x, of_mlp + columns::kGate, layers_.linear(stream.mlp_out, layers_.gelu(stream.mlp_in, in)));
}

void Forward::single_block(size_t index, Tensor& x) const {
    const SingleBlock& block = flux_.single_blocks()[index];
    const size_t first = columns::of_single(flux_.double_blocks().size(), index);
    const Tensor in = layers_.normed(x, first + columns::kShift, first + columns::kScale);
    const Tensor attended = layers_.attention(
        layers_.projected({{&in, &block.q, &block.k, &block.v, &block.norm_q, &block.norm_k}}, cond_.rope));
    layers_.gated(x, first + columns::kGate, layers_.linear(block.out, attended, layers_.gelu(block.mlp, in)));
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

}  // namespace irs
