// What the stages of a golden folder are held by: models and inputs of one dtype, made when they are asked for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "denoise.h"
#include "golden.h"

namespace gpu_check {

inline constexpr const char* kBase = "fp32"; // the run whose start and embeddings the transformer's and LoRAs' goldens share
inline constexpr int32_t kStep = 1;          // and the timestep of their forward

inline bool starts_with(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

// The elements, flat and rounded to f32.
inline std::vector<float> floats(const StoredTensor& x) {
    const std::vector<double> values = x.values();
    return std::vector<float>(values.begin(), values.end());
}

// Tensors one after another along dim 0.
Tensor joined(const std::vector<Tensor>& parts);

class Stage {
public:
    Stage(const std::string& folder, int32_t device, Rows& rows)
        : goldens_(folder), comparisons_(goldens_, rows), device_(device) {}

    void inputs();
    void text();
    void transformer();
    void vae();
    void clip();
    void lora();
    void run(const std::string& name);

private:
    struct Embeddings {
        std::vector<Tensor> txt, vec; // (1, L, joint_dim), (1, pooled_dim)
    };
    struct Plans {
        std::vector<Plan> owned;
        std::vector<const irs_plan*> all;
    };
    struct Base {
        const GoldenRun* run;
        LatentShape shape;
        std::vector<float> sigmas, timesteps;
    };

    void tokenizers();
    void schedules();
    void open_flux(int32_t dtype);
    void open_vae(int32_t dtype);
    void open_text(int32_t dtype);
    Base base_of(const GoldenRun& run);
    Tensor load(const std::string& file, const std::string& name, int32_t dtype) {
        return goldens_.tensor(file, name).on(device_, dtype);
    }
    std::string latents_before(int32_t step) const { return step == 0 ? "latents.init" : "latents." + std::to_string(step - 1); }
    Embeddings golden_embeddings(const std::string& file, int32_t dtype);
    // CLIP's states (N, 77, width) and the pooled ones (N, width); T5's (N, L, joint_dim).
    std::pair<Tensor, Tensor> clip_states(const std::vector<std::string>& prompts);
    Tensor t5_states(const std::vector<std::string>& prompts);
    Embeddings encode(const std::vector<std::string>& prompts);
    // One of each prompt.
    static Embeddings by_prompt(const Tensor& txt, const Tensor& vec);
    Plans plans(const Embeddings& embeddings, const Base& base, const std::vector<AppliedLora>& loras = {});

    void run_inputs(const Base& base, const std::string& file);
    void golden_forwards(const Base& base, const std::string& file);
    void golden_step(const Base& base, const std::string& file, int32_t step);
    void whole_run(const Base& base, const std::string& file);
    void lora_forward(const Base& base, const std::string& name, bool merged);

    GoldenFolder goldens_;
    Comparisons comparisons_;
    int32_t device_;
    std::unique_ptr<FolderWeights> flux_weights_, vae_weights_, clip_weights_, t5_weights_;
    irs_flux_config flux_config_{};
    Flux flux_;
    Vae vae_;
    Clip clip_;
    T5 t5_;
};

}  // namespace gpu_check
