#include "models/flux.h"

#include <cmath>

#include "error.h"
#include "host_memory.h"
#include "models/checks.h"
#include "torch/kernels.h"
#include "torch/ops.h"

namespace irs {

namespace {

constexpr int64_t kSinusoid = 256;  // width of the timestep's sinusoid (embeddings.py, Timesteps)
constexpr int64_t kMlpRatio = 4;

void check(const irs_flux_config& c) {
    require_positive("in_channels", c.in_channels);
    require_positive("out_channels", c.out_channels);
    require_count("num_layers", c.layers, 0);
    require_count("num_single_layers", c.single_layers, 0);
    require(c.layers + c.single_layers > 0, "num_layers and num_single_layers are both 0");
    require_positive("num_attention_heads", c.heads);
    require_positive("joint_attention_dim", c.joint_dim);
    require_positive("pooled_projection_dim", c.pooled_dim);
    int64_t sum = 0;
    for (const int32_t axis : c.axes) {
        require(axis > 0 && axis % 2 == 0, "axes_dims_rope has ", axis, ", expected even sizes above 0");
        sum += axis;
    }
    require(sum == c.head_dim, "axes_dims_rope sums to ", sum, ", expected attention_head_dim ", c.head_dim);
}

Embedder load_embedder(Loader& load, const std::string& name, int64_t in, int64_t d) {
    return {load.linear(name + ".linear_1", d, in), load.linear(name + ".linear_2", d, d)};
}

// 10000^(-i/128) in f32 (embeddings.py, get_timestep_embedding). One ulp of a frequency, times a guidance of 3500, moves
// the output by 7e-6, so the exponential is the reference's own: correctly rounded but for two near ties.
float frequency(int64_t i) {
    const float exponent = static_cast<float>(-std::log(10000.0)) * static_cast<float>(i) / (kSinusoid / 2);
    const auto rounded = static_cast<float>(std::exp(static_cast<double>(exponent)));
    return i == 12 || i == 106 ? std::nextafter(rounded, 1.0F) : rounded;
}

// (S, 256): cosines first.
Tensor sinusoid(const std::vector<float>& values, Device device) {
    constexpr int64_t half = kSinusoid / 2;
    std::vector<float> out(values.size() * kSinusoid);
    for (size_t s = 0; s < values.size(); s++) {
        for (int64_t i = 0; i < half; i++) {
            const float angle = values[s] * frequency(i);
            out[s * kSinusoid + static_cast<size_t>(i)] = std::cos(angle);
            out[s * kSinusoid + static_cast<size_t>(half + i)] = std::sin(angle);
        }
    }
    return Tensor::of(out, {static_cast<int64_t>(values.size()), kSinusoid}, device);
}

// Values in [0, 1] times 1000, rounded to the model's dtype before and after as the reference rounds them
// (in bf16 guidance 3.5 becomes 3504).
std::vector<float> thousandfold(const std::vector<float>& values, DType dtype) {
    const Shape shape{static_cast<int64_t>(values.size())};
    const Tensor rounded = Tensor::of(values, shape, Device{}).to(dtype);
    const Tensor scaled = ops::multiply(rounded, Tensor::scalar(1000.0F)).to(DType::f32);
    const auto* data = static_cast<const float*>(scaled.data());
    return std::vector<float>(data, data + values.size());
}

}  // namespace

Tensor Embedder::operator()(const Tensor& x, const Adapters& adapters) const {
    return adapted(linear_2, ops::silu(adapted(linear_1, x, adapters)), adapters);
}

Flux::Flux(const irs_flux_config& config, Weights& weights)
    : config_(config), device_(weights.device), dtype_(weights.dtype), trainable_(weights.trainable) {
    check(config);
    const int64_t d = width();
    Loader load(weights);
    x_embedder_ = load.linear("x_embedder", d, config.in_channels);
    context_embedder_ = load.linear("context_embedder", d, config.joint_dim);
    timestep_embedder_ = load_embedder(load, "time_text_embed.timestep_embedder", kSinusoid, d);
    if (config.guidance != 0) guidance_embedder_ = load_embedder(load, "time_text_embed.guidance_embedder", kSinusoid, d);
    text_embedder_ = load_embedder(load, "time_text_embed.text_embedder", config.pooled_dim, d);
    for (int32_t i = 0; i < config.layers; i++) {
        const std::string block = join("transformer_blocks.", i, ".");
        double_blocks_.push_back({load_stream(load, block, false), load_stream(load, block, true)});
    }
    for (int32_t i = 0; i < config.single_layers; i++) {
        single_blocks_.push_back(load_single(load, join("single_transformer_blocks.", i, ".")));
    }
    norm_out_ = load.linear("norm_out.linear", 2 * d, d);
    proj_out_ = load.linear("proj_out", config.out_channels, d);
    load.finish("FLUX transformer");
    stack_projections();
    fits_in_tiles_ = device_.is_cpu() && tiles::available() && tile_bytes() < meminfo("MemAvailable:") / 5 * 3;
}

int64_t Flux::tile_bytes() {
    const int words = words_of(dtype_ == DType::f32 ? tiles::format_of<float>() : tiles::format_of<bf16>());
    int64_t values = x_embedder_.weight.numel() + proj_out_.weight.numel();
    for (const Linear* layer : products_of_blocks()) values += layer->weight.numel();
    return values * words * int64_t{sizeof(uint16_t)};
}

void Flux::stack_projections() {
    if (device_.is_cpu() || trainable_) return;
    const auto stack_of = [](Linear& q, Linear& k, Linear& v) {
        if (!q.stack || !k.stack || !v.stack) stack({&q, &k, &v});
    };
    for (DoubleBlock& block : double_blocks_) {
        for (Stream* s : {&block.img, &block.txt}) stack_of(s->q, s->k, s->v);
    }
    for (SingleBlock& s : single_blocks_) stack_of(s.q, s.k, s.v);
}

Stream Flux::load_stream(Loader& load, const std::string& block, bool txt) const {
    const int64_t d = width(), mlp = kMlpRatio * d;
    const std::string attn = block + "attn.";
    const std::string ff = block + (txt ? "ff_context." : "ff.");
    return {load.linear(block + (txt ? "norm1_context.linear" : "norm1.linear"), 6 * d, d),
            load.linear(attn + (txt ? "add_q_proj" : "to_q"), d, d),
            load.linear(attn + (txt ? "add_k_proj" : "to_k"), d, d),
            load.linear(attn + (txt ? "add_v_proj" : "to_v"), d, d),
            load.linear(attn + (txt ? "to_add_out" : "to_out.0"), d, d),
            load.take(attn + (txt ? "norm_added_q.weight" : "norm_q.weight"), {config_.head_dim}),
            load.take(attn + (txt ? "norm_added_k.weight" : "norm_k.weight"), {config_.head_dim}),
            load.linear(ff + "net.0.proj", mlp, d),
            load.linear(ff + "net.2", d, mlp)};
}

SingleBlock Flux::load_single(Loader& load, const std::string& block) const {
    const int64_t d = width(), mlp = kMlpRatio * d;
    return {load.linear(block + "norm.linear", 3 * d, d),
            load.linear(block + "attn.to_q", d, d),
            load.linear(block + "attn.to_k", d, d),
            load.linear(block + "attn.to_v", d, d),
            load.linear(block + "proj_mlp", mlp, d),
            load.linear(block + "proj_out", d, d + mlp),
            load.take(block + "attn.norm_q.weight", {config_.head_dim}),
            load.take(block + "attn.norm_k.weight", {config_.head_dim})};
}

std::vector<Linear*> Flux::layers() {
    std::vector<Linear*> out{&x_embedder_, &context_embedder_, &norm_out_, &proj_out_};
    for (Embedder* embedder : {&timestep_embedder_, &guidance_embedder_, &text_embedder_}) {
        if (embedder->linear_1.base) out.insert(out.end(), {&embedder->linear_1, &embedder->linear_2});
    }
    for (DoubleBlock& block : double_blocks_) {
        for (Stream* s : {&block.img, &block.txt}) {
            out.insert(out.end(), {&s->modulation, &s->q, &s->k, &s->v, &s->out, &s->mlp_in, &s->mlp_out});
        }
    }
    for (SingleBlock& s : single_blocks_) {
        out.insert(out.end(), {&s.modulation, &s.q, &s.k, &s.v, &s.mlp, &s.out});
    }
    return out;
}

std::vector<Linear*> Flux::products_of_blocks() {
    std::vector<Linear*> out;
    for (DoubleBlock& block : double_blocks_) {
        for (Stream* s : {&block.img, &block.txt}) out.insert(out.end(), {&s->q, &s->k, &s->v, &s->out, &s->mlp_in, &s->mlp_out});
    }
    for (SingleBlock& s : single_blocks_) out.insert(out.end(), {&s.q, &s.k, &s.v, &s.mlp, &s.out});
    return out;
}

std::vector<Vector> Flux::norms() {
    std::vector<Vector> out;
    for (size_t i = 0; i < double_blocks_.size(); i++) {
        const std::string attn = join("transformer_blocks.", i, ".attn.");
        auto& [img, txt] = double_blocks_[i];
        out.push_back({attn + "norm_q.weight", &img.norm_q});
        out.push_back({attn + "norm_k.weight", &img.norm_k});
        out.push_back({attn + "norm_added_q.weight", &txt.norm_q});
        out.push_back({attn + "norm_added_k.weight", &txt.norm_k});
    }
    for (size_t i = 0; i < single_blocks_.size(); i++) {
        const std::string attn = join("single_transformer_blocks.", i, ".attn.");
        out.push_back({attn + "norm_q.weight", &single_blocks_[i].norm_q});
        out.push_back({attn + "norm_k.weight", &single_blocks_[i].norm_k});
    }
    return out;
}

Adaptable Flux::adaptable() { return {layers(), norms(), &replaced_}; }

void Flux::merge(const Adapters& adapters, bool weights) {
    irs::merge(adaptable(), adapters, weights);
    run_time_.reset();
    stack_projections();
}

std::shared_ptr<const Adapters> Flux::run_time(const Adapters& adapters) {
    if (const auto known = run_time_.lock(); known && *known == adapters) return known;
    const Adaptable all = adaptable();
    require_fit(all, adapters);
    auto made = std::make_shared<const Adapters>(prepared(all.layers, adapters));
    run_time_ = made;
    return made;
}

void Flux::set_fp8(bool on) {
    if (on) {
        require(dtype_ == DType::bf16, "FP8 needs a transformer in bf16, not ", name(dtype_));
        require(kernels::serve(device_, dtype_), "FP8 on this device needs libirscale_cuda.so beside libirscale.so");
        require(width() % 16 == 0, "FP8 needs a width that is a multiple of 16, not ", width());
    }
    for (Linear* layer : products_of_blocks()) layer->set_fp8(on);
    fp8_ = on;
    stack_projections();
}

Tensor Flux::time_text_embed(const std::vector<float>& timesteps, float guidance, const Tensor& vec,
                             const Adapters& adapters) const {
    const auto wave = [&](const std::vector<float>& values) {
        return sinusoid(thousandfold(values, dtype_), device_).to(dtype_);
    };
    Tensor temb = timestep_embedder_(wave(timesteps), adapters);
    if (config_.guidance != 0) temb = ops::add(temb, guidance_embedder_(wave({guidance}), adapters));
    return ops::add(temb, text_embedder_(vec, adapters));
}

Tensor Flux::modulations(const Tensor& temb, const Adapters& adapters) const {
    const int64_t d = width();
    const Tensor x = ops::silu(temb), one = Tensor::scalar(1.0F);
    std::vector<Tensor> columns;
    // In groups of d: shift, scale, gate; the final norm has scale, shift.
    const auto append = [&](const Linear& modulation, int64_t first_scale) {
        const Tensor all = adapted(modulation, x, adapters);
        for (int64_t group = 0; group < all.size(1) / d; group++) {
            const Tensor part = ops::narrow(all, 1, group * d, d);
            columns.push_back(group % 3 == first_scale ? ops::add(part, one) : part);
        }
    };
    for (const DoubleBlock& block : double_blocks_) {
        append(block.img.modulation, 1);
        append(block.txt.modulation, 1);
    }
    for (const SingleBlock& block : single_blocks_) append(block.modulation, 1);
    append(norm_out_, 0);
    return ops::cat(columns, 1);
}

}  // namespace irs
