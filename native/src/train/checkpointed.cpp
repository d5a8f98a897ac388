#include "train/checkpointed.h"

#include "models/forward.h"
#include "torch/gradient.h"
#include "torch/ops.h"
#include "train/losses.h"

namespace irs {

namespace {

// While it lives, forwards without a graph go through the operators that record one: what is computed again is the same.
class Recording {
public:
    Recording() : before_(recording()) { set_recording(true); }
    ~Recording() { set_recording(before_); }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

private:
    const bool before_;
};

// x, where a graph of its own begins.
Tensor begin(const Tensor& x) {
    Tensor out = ops::detach(x);
    require_gradient(out);
    return out;
}

Tensor side_by_side(const std::vector<Tensor>& parts) {
    std::vector<Tensor> flat;
    for (const Tensor& part : parts) flat.push_back(ops::reshape(part, {part.numel()}));
    return ops::cat(flat, 0);
}

// The input of every block, and of what comes after the last one.
struct Inputs {
    std::vector<Tensor> img, txt;  // of double blocks
    std::vector<Tensor> x;         // of single blocks
};

Inputs run(const Forward& forward, const irs_flux_config& config, const Tensor& latents, Tensor txt) {
    const NoGrad no_graph;
    Inputs out;
    Tensor img = forward.embed(latents);
    for (int32_t i = 0; i < config.layers; i++) {
        out.img.push_back(img);
        out.txt.push_back(txt);
        forward.double_block(static_cast<size_t>(i), img, txt);
    }
    Tensor x = ops::cat({txt, img}, 1);
    for (int32_t i = 0; i < config.single_layers; i++) {
        out.x.push_back(x);
        forward.single_block(static_cast<size_t>(i), x);
    }
    out.x.push_back(x);
    return out;
}

// Takes the last input of `kept`, so that it is freed right after its block.
Tensor take(std::vector<Tensor>& kept) {
    const Tensor out = begin(kept.back());
    kept.pop_back();
    return out;
}

}  // namespace

Tensor checkpointed_flow_loss(const Flux& flux, const Tensor& img, const std::vector<Row>& rows, const Tensor& x0,
                              const Tensor& noise, const std::vector<float>& shares) {
    require_batch(flux, img, rows);
    const Recording same;
    const GradMode graph(true);
    const Conditioning planned = conditioning_of(rows);
    const Tensor modulations = begin(planned.modulations.table()), latents = begin(img.to(flux.device(), flux.dtype()));
    const Tensor txt = planned.txt();
    const Conditioning given{{ops::detach(txt)}, Modulations({modulations}, planned.modulations.lines(), flux.width()),
                             planned.rope};
    const Forward forward(flux, rows, given);
    Inputs inputs = run(forward, flux.config(), latents, ops::detach(txt));

    Tensor x = take(inputs.x);
    const Tensor losses = flow_loss(forward.finish(x), x0, noise);
    backward(ops::matmul(losses, Tensor::of(shares, losses.shape(), losses.device())));
    Tensor by_x = gathered(x);
    for (size_t i = inputs.x.size(); i-- > 0;) {
        const Tensor in = take(inputs.x);
        x = in;
        forward.single_block(i, x);
        backward(x, by_x);
        by_x = gathered(in);
    }
    const int64_t txt_tokens = txt.size(1);
    Tensor by_txt = ops::narrow(by_x, 1, 0, txt_tokens), by_img = ops::narrow(by_x, 1, txt_tokens, img.size(1));
    for (size_t i = inputs.img.size(); i-- > 0;) {
        const Tensor img_in = take(inputs.img), txt_in = take(inputs.txt);
        Tensor img_out = img_in, txt_out = txt_in;
        forward.double_block(i, img_out, txt_out);
        backward(side_by_side({img_out, txt_out}), side_by_side({by_img, by_txt}));
        by_img = gathered(img_in);
        by_txt = gathered(txt_in);
    }
    backward(forward.embed(latents), by_img);
    // The latents again, times 0: a plan may have no graph, and backward() needs one.
    const Tensor zero = ops::multiply(latents, Tensor::scalar(0.0F));
    backward(side_by_side({txt, planned.modulations.table(), zero}),
             side_by_side({by_txt, gathered(modulations), ops::detach(zero)}));
    return ops::detach(losses);
}

}  // namespace irs
