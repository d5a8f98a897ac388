#include "models/forward.h"

#include <algorithm>

#include "error.h"
#include "models/checks.h"
#include "models/plan.h"
#include "torch/ops.h"

namespace irs {

namespace {

constexpr double kEps = 1e-6;

// Columns of Flux::modulations.
constexpr size_t kOfModulation = 3, kOfStream = 2 * kOfModulation, kOfDoubleBlock = 2 * kOfStream;

Tensor modulate(const Tensor& x, const Tensor& scale, const Tensor& shift) {
    return ops::add(ops::multiply(ops::layer_norm(x, Tensor(), Tensor(), kEps), scale), shift);
}

Tensor gated(const Tensor& x, const Tensor& gate, const Tensor& update) {
    return ops::add(x, ops::multiply(gate, update));
}

void record(Trace* trace, const char* kind, size_t i, const Tensor& img, const Tensor& txt) {
    if (trace == nullptr) return;
    trace->put(join(kind, i, ".img"), ops::contiguous(img));
    trace->put(join(kind, i, ".txt"), ops::contiguous(txt));
}

}  // namespace

Conditioning conditioning_of(const std::vector<Row>& rows) {
    const Plan& first = *rows[0].plan;
    const auto same_plan = [&](const Row& row) { return row.plan == rows[0].plan; };
    const auto same_row = [&](const Row& row) { return same_plan(row) && row.step == rows[0].step; };
    const auto step_of = [](const Row& row) { return ops::narrow(row.plan->modulations, 0, row.step, 1); };

    Conditioning out;
    out.rope = first.rope;
    if (first.is_batch()) {  // a training batch: row i stands at step i of the one plan
        out.txt = first.txt;
        out.modulations = first.modulations;
        return out;
    }
    if (std::all_of(rows.begin(), rows.end(), same_plan)) {
        out.txt = ops::expand(first.txt, {static_cast<int64_t>(rows.size()), first.txt.size(1), first.txt.size(2)});
    } else {
        std::vector<Tensor> parts;
        for (const Row& row : rows) parts.push_back(row.plan->txt);
        out.txt = ops::cat(parts, 0);
    }
    if (std::all_of(rows.begin(), rows.end(), same_row)) {
        out.modulations = step_of(rows[0]);
    } else {
        std::vector<Tensor> parts;
        for (const Row& row : rows) parts.push_back(step_of(row));
        out.modulations = ops::cat(parts, 0);
    }
    return out;
}

std::vector<Forward::Group> Forward::group(const std::vector<Row>& rows) {
    std::vector<Group> out;
    for (const Row& row : rows) {
        if (out.empty() || !(*out.back().adapters == row.plan->adapters)) {
            const int64_t begin = out.empty() ? 0 : out.back().begin + out.back().count;
            out.push_back({begin, 0, &row.plan->adapters});
        }
        out.back().count++;
    }
    return out;
}

Forward::Forward(const Flux& flux, const std::vector<Row>& rows, const Conditioning& conditioning)
    : flux_(flux), cond_(conditioning), groups_(group(rows)), n_(static_cast<int64_t>(rows.size())) {}

Tensor Forward::operator()(const Tensor& latents, Trace* trace) const {
    Tensor img = embed(latents), txt = cond_.txt;
    for (size_t i = 0; i < flux_.double_blocks_.size(); i++) {
        double_block(i, img, txt);
        record(trace, "double.", i, img, txt);
    }
    const int64_t txt_tokens = txt.size(1), img_tokens = img.size(1);
    Tensor x = ops::cat({txt, img}, 1);
    for (size_t i = 0; i < flux_.single_blocks_.size(); i++) {
        single_block(i, x);
        if (trace == nullptr) continue;
        record(trace, "single.", i, ops::narrow(x, 1, txt_tokens, img_tokens), ops::narrow(x, 1, 0, txt_tokens));
    }
    return finish(x);
}

Tensor Forward::embed(const Tensor& latents) const { return apply(flux_.x_embedder_, latents); }

Tensor Forward::finish(const Tensor& x) const {
    const int64_t txt_tokens = cond_.txt.size(1);
    const Tensor img = ops::narrow(x, 1, txt_tokens, x.size(1) - txt_tokens);
    const size_t first = flux_.double_blocks_.size() * kOfDoubleBlock + flux_.single_blocks_.size() * kOfModulation;
    return ops::contiguous(apply(flux_.proj_out_, modulate(img, column(first), column(first + 1))));
}

// The modulation columns in the order that Flux::modulations wrote them.
Tensor Forward::column(size_t index) const {
    const int64_t d = flux_.width();
    const Tensor& all = cond_.modulations;
    return ops::reshape(ops::narrow(all, 1, static_cast<int64_t>(index) * d, d), {all.size(0), 1, d});
}

Forward::Modulation Forward::modulation(size_t first) const {
    return {column(first), column(first + 1), column(first + 2)};
}

// A linear layer with the run-time LoRAs of each row.
Tensor Forward::apply(const Linear& layer, const Tensor& x) const {
    if (groups_.size() == 1) return adapted(layer, x, *groups_[0].adapters);
    const Tensor y = layer(x);
    std::vector<Tensor> parts;
    bool changed = false;
    for (const Group& rows : groups_) {
        const Tensor part = ops::narrow(y, 0, rows.begin, rows.count);
        const Tensor update = branch(layer, ops::narrow(x, 0, rows.begin, rows.count), *rows.adapters);
        parts.push_back(update ? ops::add(part, update) : part);
        changed |= static_cast<bool>(update);
    }
    return changed ? ops::cat(parts, 0) : y;
}

// (N, tokens, d) to (N, tokens, heads, head dim)
Tensor Forward::heads(const Tensor& x) const {
    return ops::reshape(x, {n_, x.size(1), flux_.config_.heads, flux_.config_.head_dim});
}

// Turns adjacent pairs by their position's angle, in f32 (embeddings.py, apply_rotary_emb).
Tensor Forward::rotate(const Tensor& x) const {
    const int64_t tokens = x.size(1), h = x.size(2), half = x.size(3) / 2;
    const Tensor pairs = ops::as_complex(ops::reshape(x.to(DType::f32), {n_, tokens, h, half, 2}));
    const Tensor turned = ops::as_real(ops::multiply(pairs, cond_.rope));
    return ops::reshape(turned, {n_, tokens, h, 2 * half}).to(x.dtype());
}

// Joint attention over (N, tokens, heads, head dim), back to (N, tokens, d).
Tensor Forward::attend(const Tensor& q, const Tensor& k, const Tensor& v) const {
    const auto by_head = [](const Tensor& x) { return ops::transpose(x, 1, 2); };
    const Tensor out =
        ops::attention(by_head(rotate(q)), by_head(rotate(k)), by_head(v), Tensor(), false, std::nullopt);
    return ops::reshape(ops::transpose(out, 1, 2), {n_, q.size(1), flux_.width()});
}

template <typename Block>
Forward::Projected Forward::project(const Block& block, const Tensor& x) const {
    return {ops::rms_norm(heads(apply(block.q, x)), block.norm_q, kEps),
            ops::rms_norm(heads(apply(block.k, x)), block.norm_k, kEps), heads(apply(block.v, x))};
}

Tensor Forward::mlp(const Stream& stream, const Tensor& x, const Modulation& m) const {
    const Tensor hidden = ops::gelu_tanh(apply(stream.mlp_in, modulate(x, m.scale, m.shift)));
    return gated(x, m.gate, apply(stream.mlp_out, hidden));
}

void Forward::double_block(size_t index, Tensor& img, Tensor& txt) const {
    const DoubleBlock& block = flux_.double_blocks_[index];
    const size_t first = index * kOfDoubleBlock;
    const Modulation img_attn = modulation(first), img_mlp = modulation(first + kOfModulation);
    const Modulation txt_attn = modulation(first + kOfStream), txt_mlp = modulation(first + kOfStream + kOfModulation);
    const Projected i = project(block.img, modulate(img, img_attn.scale, img_attn.shift));
    const Projected t = project(block.txt, modulate(txt, txt_attn.scale, txt_attn.shift));
    // Text first, as everywhere in FLUX.
    const Tensor joint = attend(ops::cat({t.q, i.q}, 1), ops::cat({t.k, i.k}, 1), ops::cat({t.v, i.v}, 1));
    const int64_t txt_tokens = txt.size(1), img_tokens = img.size(1);
    img = gated(img, img_attn.gate, apply(block.img.out, ops::narrow(joint, 1, txt_tokens, img_tokens)));
    txt = gated(txt, txt_attn.gate, apply(block.txt.out, ops::narrow(joint, 1, 0, txt_tokens)));
    img = mlp(block.img, img, img_mlp);
    txt = mlp(block.txt, txt, txt_mlp);
}

void Forward::single_block(size_t index, Tensor& x) const {
    const SingleBlock& block = flux_.single_blocks_[index];
    const Modulation m = modulation(flux_.double_blocks_.size() * kOfDoubleBlock + index * kOfModulation);
    const Tensor normed = modulate(x, m.scale, m.shift);
    const Projected p = project(block, normed);
    const Tensor both = ops::cat({attend(p.q, p.k, p.v), ops::gelu_tanh(apply(block.mlp, normed))}, 2);
    x = gated(x, m.gate, apply(block.out, both));
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
    return Forward(*this, rows, conditioning_of(rows))(img.to(device_, dtype_), trace);
}

}  // namespace irs
