#include "parity_stage.h"

#include "schedule.h"

namespace gpu_check {

void Stage::open_flux(int32_t dtype) {
    const std::string folder = goldens_.path("pipeline/transformer");
    flux_config_ = flux_config(folder);
    flux_weights_ = std::make_unique<FolderWeights>(folder, Place{device_, dtype});
    flux_ = make<Flux>(irs_flux_create, static_cast<const irs_flux_config*>(&flux_config_), flux_weights_->get());
}

void Stage::open_vae(int32_t dtype) {
    const std::string folder = goldens_.path("pipeline/vae");
    const irs_vae_config config = vae_config(folder);
    vae_weights_ = std::make_unique<FolderWeights>(folder, Place{device_, dtype});
    vae_ = make<Vae>(irs_vae_create, &config, vae_weights_->get());
}

void Stage::open_text(int32_t dtype) {
    const std::string clip_folder = goldens_.path("pipeline/text_encoder"), t5_folder = goldens_.path("pipeline/text_encoder_2");
    const irs_clip_config of_clip = clip_config(clip_folder);
    const irs_t5_config of_t5 = t5_config(t5_folder);
    clip_weights_ = std::make_unique<FolderWeights>(clip_folder, Place{device_, dtype});
    t5_weights_ = std::make_unique<FolderWeights>(t5_folder, Place{device_, dtype});
    clip_ = make<Clip>(irs_clip_create, &of_clip, clip_weights_->get());
    t5_ = make<T5>(irs_t5_create, &of_t5, t5_weights_->get());
}

Stage::Base Stage::base_of(const GoldenRun& run) {
    const irs_vae_config vae = vae_config(goldens_.path("pipeline/vae"));
    const int32_t factor = 1 << (vae.levels - 1);
    const LatentShape shape{vae.latent_channels, run.height / factor, run.width / factor};
    const std::vector<float> sigmas = dynamic_sigmas(run.steps, shape.tokens());
    return {&run, shape, sigmas, timestep_inputs(sigmas, run.dtype)};
}

Stage::Embeddings Stage::by_prompt(const Tensor& txt, const Tensor& vec) {
    Embeddings out;
    for (int64_t i = 0; i < shape_of(txt)[0]; i++) {
        out.txt.push_back(rows_of(txt, i, 1));
        out.vec.push_back(rows_of(vec, i, 1));
    }
    return out;
}

Stage::Embeddings Stage::golden_embeddings(const std::string& file, int32_t dtype) {
    return by_prompt(load(file, "prompt_embeds", dtype), load(file, "pooled", dtype));
}

std::pair<Tensor, Tensor> Stage::clip_states(const std::vector<std::string>& prompts) {
    const auto n = static_cast<int32_t>(prompts.size());
    const std::vector<int64_t> ids = goldens_.ids(prompts, "clip_77");
    irs_tensor *hidden = nullptr, *pooled = nullptr;
    check(irs_clip_encode_text(&hidden, &pooled, clip_.get(), n, static_cast<int32_t>(ids.size()) / n, ids.data()));
    return {Tensor(hidden), Tensor(pooled)};
}

Tensor Stage::t5_states(const std::vector<std::string>& prompts) {
    const std::vector<int64_t> ids = goldens_.ids(prompts, "t5_" + std::to_string(goldens_.text_tokens()));
    return make<Tensor>(irs_t5_encode, t5_.get(), static_cast<int32_t>(prompts.size()), goldens_.text_tokens(), ids.data());
}

Stage::Embeddings Stage::encode(const std::vector<std::string>& prompts) {
    return by_prompt(t5_states(prompts), clip_states(prompts).second);
}

Tensor joined(const std::vector<Tensor>& parts) {
    std::vector<const irs_tensor*> all;
    for (const Tensor& part : parts) all.push_back(part.get());
    return make<Tensor>(irs_tensor_concat_rows, static_cast<int32_t>(all.size()), all.data());
}

Stage::Plans Stage::plans(const Embeddings& embeddings, const Base& base, const std::vector<AppliedLora>& loras) {
    Plans out;
    for (size_t i = 0; i < embeddings.txt.size(); i++) {
        out.owned.push_back(make_plan(flux_.get(), embeddings.txt[i], embeddings.vec[i], goldens_.guidance(), base.timesteps,
                                      base.shape, loras));
        out.all.push_back(out.owned.back().get());
    }
    return out;
}

}  // namespace gpu_check
