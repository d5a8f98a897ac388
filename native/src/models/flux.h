// The FLUX.1 transformer. Reference: diffusers transformer_flux.py; the names are the field's.
#pragma once

#include "irscale.h"
#include "lora.h"
#include "trace.h"
#include "weights.h"

namespace irs {

class Plan;

// linear_2(silu(linear_1(x)))
struct Embedder {
    Linear linear_1, linear_2;
    Tensor operator()(const Tensor& x, const Adapters& adapters) const;
};

// What one stream of a double block owns.
struct Stream {
    Linear modulation;  // 6 d: shift, scale, gate of attention, then of the MLP
    Linear q, k, v, out;
    Tensor norm_q, norm_k;
    Linear mlp_in, mlp_out;
};

struct DoubleBlock {
    Stream img, txt;
};

struct SingleBlock {
    Linear modulation;  // 3 d: shift, scale, gate
    Linear q, k, v, mlp, out;
    Tensor norm_q, norm_k;
};

// One row of a batch: the plan that conditions it and the step it stands at.
struct Row {
    const Plan* plan;
    int32_t step;
};

class Flux {
public:
    Flux(const irs_flux_config& config, Weights& weights);

    // img (N, T, in_channels), one Row each, to velocity (N, T, out_channels).
    Tensor velocity(const Tensor& img, const std::vector<Row>& rows, Trace* trace) const;

    const irs_flux_config& config() const { return config_; }
    Device device() const { return device_; }
    DType dtype() const { return dtype_; }
    // Whether an optimiser may change the weights behind its back.
    bool trainable() const { return trainable_; }
    // Whether the host has memory for its weights once more, in tiles. Asked when it is made.
    bool fits_in_tiles() const { return fits_in_tiles_; }
    // What forwards write between layers on the CPU; any thread.
    Workspace& workspace() const { return *workspace_; }
    int64_t width() const { return int64_t{config_.heads} * config_.head_dim; }

    const Linear& x_embedder() const { return x_embedder_; }
    const Linear& proj_out() const { return proj_out_; }
    const std::vector<DoubleBlock>& double_blocks() const { return double_blocks_; }
    const std::vector<SingleBlock>& single_blocks() const { return single_blocks_; }

    // Whether the blocks' linear layers multiply in FP8; throws unless they can. See Linear::set_fp8.
    void set_fp8(bool on);
    bool fp8() const { return fp8_; }

    // Every linear layer, norm and bias, for LoRA.
    Adaptable adaptable();
    // Sets them to their own values plus updates: see irs::merge.
    void merge(const Adapters& adapters, bool weights);
    // The adapters for plans, prepared; computed once as long as a plan with the same ones lives.
    std::shared_ptr<const Adapters> run_time(const Adapters& adapters);

    // temb (S, d) for S timesteps in [0, 1].
    Tensor time_text_embed(const std::vector<float>& timesteps, float guidance, const Tensor& vec,
                           const Adapters& adapters) const;
    Tensor embed_txt(const Tensor& txt, const Adapters& adapters) const {
        return adapted(context_embedder_, txt, adapters);
    }
    // The modulation vectors of every block, side by side (S, columns), scales with their 1 added.
    Tensor modulations(const Tensor& temb, const Adapters& adapters) const;

private:
    std::vector<Linear*> layers();
    // Those that a forward multiplies by in every block: all but modulations.
    std::vector<Linear*> products_of_blocks();
    int64_t tile_bytes();
    std::vector<Vector> norms();
    // On CUDA, of frozen weights: lays queries, keys and values of a stream out as one layer, where they are not. After the
    // weights have changed.
    void stack_projections();
    Stream load_stream(Loader& load, const std::string& block, bool txt) const;
    SingleBlock load_single(Loader& load, const std::string& block) const;

    irs_flux_config config_;
    Device device_;
    DType dtype_;
    bool trainable_;
    bool fp8_ = false;
    bool fits_in_tiles_ = false;
    std::unique_ptr<Workspace> workspace_ = std::make_unique<Workspace>();
    Linear x_embedder_, context_embedder_, norm_out_, proj_out_;
    Embedder timestep_embedder_, guidance_embedder_, text_embedder_;
    std::vector<DoubleBlock> double_blocks_;
    std::vector<SingleBlock> single_blocks_;
    std::map<std::string, Tensor> replaced_;
    std::weak_ptr<const Adapters> run_time_;
};

}  // namespace irs
