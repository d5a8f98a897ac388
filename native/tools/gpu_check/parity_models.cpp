// Text encoders, transformer, VAE and CLIP, each from golden inputs.
#include "parity_stage.h"

namespace gpu_check {

void Stage::text() {
    open_text(IRS_DTYPE_F32);
    const auto [states, end] = clip_states(goldens_.prompts());
    comparisons_.compare("text", "clip.last_hidden", "", tolerance::kStage, states);
    comparisons_.compare("text", "clip.pooled", "", tolerance::kStage, end);
    comparisons_.compare("text", "t5.last_hidden", "", tolerance::kT5, t5_states(goldens_.prompts()));
}

void Stage::transformer() {
    const std::string file = "transformer-fp64", run = std::string("run-") + kBase;
    const std::pair<const char*, const char*> inputs[] = {
        {"in.encoder_hidden_states", "prompt_embeds"}, {"in.hidden_states", "latents.init"}, {"in.img_ids", "img_ids"},
        {"in.pooled_projections", "pooled"},           {"in.timestep", "timestep_in.1"},     {"in.txt_ids", "txt_ids"}};
    for (const auto& [name, other] : inputs) {
        comparisons_.attempt(name, [&, name = name, other = other] {
            comparisons_.compare(file, name, "", tolerance::kExact, floats(goldens_.tensor(run, other)));
        });
    }
    open_flux(IRS_DTYPE_F32);
    if (flux_config_.guidance != 0) {
        comparisons_.compare(file, "in.guidance", "", tolerance::kExact, floats(goldens_.tensor(run, "guidance")));
    }
    const Base base = base_of(goldens_.run(kBase));
    const Embeddings embeddings = golden_embeddings(run, IRS_DTYPE_F32);
    const Trace trace = make<Trace>(irs_trace_create);
    const auto traced = [&](const std::string& name) {
        return make<Tensor>(irs_trace_get, static_cast<const irs_trace*>(trace.get()), name.c_str());
    };
    Plans all;
    std::vector<Tensor> temb;
    for (size_t i = 0; i < embeddings.txt.size(); i++) {
        all.owned.push_back(make_plan(flux_.get(), embeddings.txt[i], embeddings.vec[i], goldens_.guidance(), base.timesteps,
                                      base.shape, {}, trace.get()));
        all.all.push_back(all.owned.back().get());
        // The trace holds the last plan's, a row a step.
        temb.push_back(copy_of(rows_of(traced("temb"), kStep, 1)));
    }
    comparisons_.compare(file, "temb", "", tolerance::kTruth, joined(temb));
    for (const char* table : {"rope.cos", "rope.sin"}) comparisons_.compare(file, table, "", tolerance::kTruth, traced(table));
    const Tensor img = load(run, "latents.init", IRS_DTYPE_F32);
    const Tensor out = velocity(flux_, img, all.all, kStep, {}, 0, trace.get());
    for (int32_t i = 0; i < flux_config_.layers + flux_config_.single_layers; i++) {
        const std::string block = i < flux_config_.layers ? "double." + std::to_string(i)
                                                          : "single." + std::to_string(i - flux_config_.layers);
        for (const char* stream : {".img", ".txt"}) {
            comparisons_.attempt(file + "/" + block + stream,
                                 [&] { comparisons_.compare(file, block + stream, "", tolerance::kTruth, traced(block + stream)); });
        }
    }
    comparisons_.compare(file, "out", "", tolerance::kTruth, out);
}

void Stage::vae() {
    open_vae(IRS_DTYPE_F32);
    comparisons_.attempt("vae/image", [&] {
        const Tensor image = load("vae", "image", IRS_DTYPE_F32);
        irs_tensor *mean = nullptr, *logvar = nullptr, *latents = nullptr;
        check(irs_vae_encode(&mean, &logvar, &latents, vae_.get(), image.get()));
        const Tensor of_mean(mean), of_logvar(logvar), of_latents(latents);
        comparisons_.compare("vae", "moments.mean", "", tolerance::kStage, of_mean);
        comparisons_.compare("vae", "moments.logvar", "", tolerance::kStage, of_logvar);
        comparisons_.compare("vae", "latent", "", tolerance::kStage, of_latents);
    });
    comparisons_.attempt("vae/decoded", [&] {
        const Tensor latent = load("vae", "latent", IRS_DTYPE_F32);
        comparisons_.compare("vae", "decoded", "", tolerance::kStage, make<Tensor>(irs_vae_decode, vae_.get(), latent.get()));
    });
}

namespace {

// (N, H, W, 3) bytes to (N, 3, H, W) in [0, 1].
Tensor planar(const StoredTensor& images, int32_t device) {
    const std::vector<double> bytes = images.values();
    const int64_t plane = images.shape[1] * images.shape[2];
    std::vector<float> values(bytes.size());
    for (int64_t i = 0; i < static_cast<int64_t>(bytes.size()); i++) {
        const int64_t image = i / (3 * plane), pixel = i / 3 % plane;
        values[static_cast<size_t>((image * 3 + i % 3) * plane + pixel)] = static_cast<float>(bytes[static_cast<size_t>(i)]) / 255.0F;
    }
    return tensor_of(values, {images.shape[0], 3, images.shape[1], images.shape[2]}, device);
}

}  // namespace

void Stage::clip() {
    const std::string folder = goldens_.path("clip");
    const irs_clip_config config = clip_config(folder);
    const FolderWeights weights(folder, {device_, IRS_DTYPE_F32});
    const Clip clip = make<Clip>(irs_clip_create, &config, weights.get());
    comparisons_.attempt("clip/images_u8", [&] {
        const Json processor = Json::read(folder + "/preprocessor_config.json");
        irs_clip_preprocessing preprocessing{};
        preprocessing.resize = IRS_RESIZE_SHORTEST;
        preprocessing.height = preprocessing.width = static_cast<int32_t>(processor.at("size").at("shortest_edge").number());
        preprocessing.filter = static_cast<int32_t>(processor.at("resample").number());
        preprocessing.crop = IRS_CROP_DOWN;
        preprocessing.edge = static_cast<int32_t>(processor.at("crop_size").at("height").number());
        preprocessing.scale = 1;
        for (size_t c = 0; c < 3; c++) {
            preprocessing.mean[c] = processor.at("image_mean").items().at(c).number();
            preprocessing.std[c] = processor.at("image_std").items().at(c).number();
        }
        const Tensor images = planar(goldens_.tensor("clip", "images_u8"), device_);
        const Tensor pixels =
            make<Tensor>(irs_clip_preprocess, images.get(), static_cast<const irs_clip_preprocessing*>(&preprocessing));
        comparisons_.compare("clip", "pixel_values_tensor_path", "", tolerance::kStage, pixels);
        comparisons_.compare("clip", "pixel_values", "", tolerance::kPil, pixels);
    });
    comparisons_.attempt("clip/embeddings", [&] {
        const auto n = static_cast<int32_t>(goldens_.captions().size());
        const std::vector<int64_t> ids = goldens_.ids(goldens_.captions(), "clip_77");
        const Tensor text = make<Tensor>(irs_clip_embed_text, clip.get(), n, static_cast<int32_t>(ids.size()) / n, ids.data());
        const Tensor pixels = load("clip", "pixel_values", IRS_DTYPE_F32);
        const Tensor image = make<Tensor>(irs_clip_embed_image, clip.get(), pixels.get());
        comparisons_.compare("clip", "text_embeds", "", tolerance::kStage, text);
        comparisons_.compare("clip", "image_embeds", "", tolerance::kStage, image);
        double scale = 0;
        check(irs_clip_logit_scale(&scale, clip.get()));
        std::vector<float> logits = values_of(make<Tensor>(irs_cosine, image.get(), text.get()));
        for (float& logit : logits) logit *= static_cast<float>(scale);
        comparisons_.compare("clip", "logits_per_image", "", tolerance::kStage, logits);
    });
}

}  // namespace gpu_check
