#include "parity.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "denoise.h"
#include "golden.h"
#include "schedule.h"

namespace gpu_check {

namespace {

constexpr const char* kBase = "fp32"; // the run whose start and embeddings the transformer's and LoRAs' goldens share
constexpr int32_t kStep = 1;          // and the timestep of their forward

bool starts_with(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

std::vector<float> floats(const StoredTensor& x) {
    const std::vector<double> values = x.values();
    return std::vector<float>(values.begin(), values.end());
}

// Models and inputs of a folder of goldens in one dtype, made when they are asked for.
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
    Embeddings encode(const std::vector<std::string>& prompts);
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

Stage::Embeddings Stage::golden_embeddings(const std::string& file, int32_t dtype) {
    const Tensor txt = load(file, "prompt_embeds", dtype), vec = load(file, "pooled", dtype);
    Embeddings out;
    for (size_t i = 0; i < goldens_.prompts().size(); i++) {
        out.txt.push_back(rows_of(txt, static_cast<int64_t>(i), 1));
        out.vec.push_back(rows_of(vec, static_cast<int64_t>(i), 1));
    }
    return out;
}

Stage::Embeddings Stage::encode(const std::vector<std::string>& prompts) {
    const auto n = static_cast<int32_t>(prompts.size());
    const std::vector<int64_t> clip_ids = goldens_.ids(prompts, "clip_77");
    const std::vector<int64_t> t5_ids = goldens_.ids(prompts, "t5_" + std::to_string(goldens_.text_tokens()));
    irs_tensor *hidden = nullptr, *pooled = nullptr;
    check(irs_clip_encode_text(&hidden, &pooled, clip_.get(), n, static_cast<int32_t>(clip_ids.size()) / n, clip_ids.data()));
    const Tensor states(hidden), vec(pooled);
    const Tensor txt = make<Tensor>(irs_t5_encode, t5_.get(), n, goldens_.text_tokens(), t5_ids.data());
    Embeddings out;
    for (int32_t i = 0; i < n; i++) {
        out.txt.push_back(rows_of(txt, i, 1));
        out.vec.push_back(rows_of(vec, i, 1));
    }
    return out;
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

// What needs no device: ids, schedules, and that inputs of one stage are those of another.
void Stage::inputs() {
    tokenizers();
    schedules();
    const auto as_floats = [](const std::vector<int64_t>& ids) { return std::vector<float>(ids.begin(), ids.end()); };
    comparisons_.attempt("token_ids", [&] {
        const std::string t5 = "t5_" + std::to_string(goldens_.text_tokens());
        comparisons_.compare("token_ids", "clip_ids", "", tolerance::kExact, as_floats(goldens_.ids(goldens_.prompts(), "clip_77")));
        comparisons_.compare("token_ids", "t5_ids", "", tolerance::kExact, as_floats(goldens_.ids(goldens_.prompts(), t5)));
        comparisons_.compare("clip", "text_ids", "", tolerance::kExact, as_floats(goldens_.ids(goldens_.captions(), "clip_77")));
    });
}

// The ids that irscale's tokenizers gave where it was built, against transformers'.
void Stage::tokenizers() {
    const std::string file = goldens_.shared("tokenizers.json");
    if (file.empty()) return;
    comparisons_.attempt("tokenizers", [&] {
        const Json prompts = Json::read(file);
        for (const auto& [kind, ids] : prompts.items().at(0).fields()) {
            if (kind == "text") continue;
            std::string wrong;
            for (const Json& prompt : prompts.items()) {
                std::vector<int64_t> golden;
                for (const Json& id : prompt.at(kind).items()) golden.push_back(static_cast<int64_t>(id.number()));
                const std::string& text = prompt.at("text").text();
                if (goldens_.ids(text, kind) != golden) wrong += (wrong.empty() ? "" : ", ") + ("'" + text + "'");
            }
            comparisons_.told("tokenizers/" + kind + " (" + std::to_string(prompts.items().size()) + " prompts)", wrong.empty(),
                              wrong.empty() ? "" : "other ids of " + wrong);
        }
    });
}

void Stage::schedules() {
    if (goldens_.shared("scheduler.safetensors").empty()) return;
    for (const auto& [name, golden] : goldens_.file("scheduler").tensors()) {
        int steps = 0, tokens = 0;
        const std::string of = name.substr(name.find('.') + 1);
        std::vector<float> sigmas;
        if (std::sscanf(of.c_str(), "n%d.l%d", &steps, &tokens) == 2) {
            sigmas = dynamic_sigmas(steps, tokens);
        } else if (std::sscanf(of.c_str(), "schnell.n%d", &steps) == 1) {
            sigmas = static_sigmas(steps);
        } else {
            comparisons_.told("scheduler/" + name, false, "unknown tensor");
            continue;
        }
        if (starts_with(name, "timesteps")) {
            sigmas.pop_back();
            for (float& sigma : sigmas) sigma *= 1000;
        }
        comparisons_.compare("scheduler", name, "", tolerance::kExact, sigmas);
    }
}

void Stage::text() {
    open_text(IRS_DTYPE_F32);
    const auto n = static_cast<int32_t>(goldens_.prompts().size());
    const std::vector<int64_t> ids = goldens_.ids(goldens_.prompts(), "clip_77");
    irs_tensor *hidden = nullptr, *pooled = nullptr;
    check(irs_clip_encode_text(&hidden, &pooled, clip_.get(), n, static_cast<int32_t>(ids.size()) / n, ids.data()));
    const Tensor states(hidden), end(pooled);
    comparisons_.compare("text", "clip.last_hidden", "", tolerance::kStage, states);
    comparisons_.compare("text", "clip.pooled", "", tolerance::kStage, end);
    comparisons_.compare("text", "t5.last_hidden", "", tolerance::kT5, joined(encode(goldens_.prompts()).txt));
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

// The LoRAs that a tensor's name calls for: a-0.7+b-1.3 is lora-a at 0.7 and lora-b at 1.3.
std::vector<std::pair<std::string, float>> parts_of(const std::string& name) {
    std::vector<std::pair<std::string, float>> out;
    size_t begin = 0;
    while (begin < name.size()) {
        const size_t end = std::min(name.find('+', begin), name.size());
        const std::string part = name.substr(begin, end - begin);
        if (part.size() > 2 && part[1] == '-') out.emplace_back(part.substr(0, 1), std::strtof(part.c_str() + 2, nullptr));
        begin = end + 1;
    }
    return out;
}

void Stage::lora_forward(const Base& base, const std::string& name, bool merged) {
    std::vector<Lora> owned;
    std::vector<AppliedLora> applied;
    for (const auto& [letter, scale] : parts_of(name == "a-fused" ? "a-1.0" : name)) {
        owned.push_back(read_lora(goldens_.path("lora-" + letter), {device_, IRS_DTYPE_F32}));
        applied.push_back({owned.back().get(), scale});
    }
    const std::string run = std::string("run-") + kBase;
    if (merged) merge(flux_.get(), applied);
    const Plans all = plans(golden_embeddings(run, IRS_DTYPE_F32), base, merged ? std::vector<AppliedLora>{} : applied);
    const Tensor out = velocity(flux_, load(run, "latents.init", IRS_DTYPE_F32), all.all, kStep);
    comparisons_.compare("lora", name, merged ? "merged" : "run time", tolerance::kTruth, out);
}

void Stage::lora() {
    open_flux(IRS_DTYPE_F32);
    const Base base = base_of(goldens_.run(kBase));
    const std::string weight = "merged.";
    for (const auto& [name, golden] : goldens_.file("lora").tensors()) {
        comparisons_.attempt("lora/" + name, [&, name = name] {
            if (starts_with(name, weight)) {
                const Lora a = read_lora(goldens_.path("lora-a"), {device_, IRS_DTYPE_F32});
                merge(flux_.get(), {{a.get(), 1}});
                const std::string parameter = name.substr(weight.size()) + ".weight";
                comparisons_.compare("lora", name, "", tolerance::kTruth,
                                     make<Tensor>(irs_flux_parameter, flux_.get(), parameter.c_str()));
            } else {
                if (name != "a-fused") lora_forward(base, name, false);
                lora_forward(base, name, true);
            }
        });
        merge(flux_.get(), {});
    }
}

void Stage::run(const std::string& name) {
    const GoldenRun& run = goldens_.run(name);
    const std::string file = "run-" + name;
    const Base base = base_of(run);
    open_flux(run.dtype);
    open_vae(run.dtype);
    open_text(run.dtype);
    run_inputs(base, file);
    golden_forwards(base, file);
    for (int32_t i = 0; i < run.steps; i++) {
        comparisons_.attempt(file + "/latents." + std::to_string(i), [&] { golden_step(base, file, i); });
    }
    comparisons_.attempt(file + "/image", [&] { whole_run(base, file); });
}

void Stage::run_inputs(const Base& base, const std::string& file) {
    const GoldenRun& run = *base.run;
    const size_t images = goldens_.prompts().size();
    const auto repeated = [&](float value) { return std::vector<float>(images, value); };
    comparisons_.compare(file, "sigmas", "", tolerance::kExact, base.sigmas);
    std::vector<float> timesteps(base.sigmas.begin(), base.sigmas.end() - 1);
    for (float& timestep : timesteps) timestep *= 1000;
    comparisons_.compare(file, "timesteps", "", tolerance::kExact, timesteps);
    const size_t forwards = run.guided() ? 2 : 1;
    for (size_t i = 0; i < forwards * base.timesteps.size(); i++) {
        comparisons_.compare(file, "timestep_in." + std::to_string(i), "", tolerance::kExact, repeated(base.timesteps[i / forwards]));
    }
    const std::vector<float> ids = position_ids(goldens_.text_tokens(), base.shape);
    const auto img = ids.begin() + 3 * goldens_.text_tokens();
    comparisons_.compare(file, "img_ids", "", tolerance::kExact, std::vector<float>(img, ids.end()));
    comparisons_.compare(file, "txt_ids", "", tolerance::kExact, std::vector<float>(ids.begin(), img));
    if (flux_config_.guidance != 0) {
        comparisons_.compare(file, "guidance", "", tolerance::kExact, repeated(goldens_.guidance()));
    }
    comparisons_.compare(file, "latents.init", "", tolerance::kExact, packed_noise(goldens_.seeds(), base.shape, device_, run.dtype));
    const Embeddings ours = encode(goldens_.prompts());
    const bool f32 = run.dtype == IRS_DTYPE_F32;
    comparisons_.compare(file, "prompt_embeds", "", tolerance::txt(f32), joined(ours.txt));
    comparisons_.compare(file, "pooled", "", tolerance::vec(f32), joined(ours.vec));
}

// Every forward from golden inputs, so that no error reaches the next.
void Stage::golden_forwards(const Base& base, const std::string& file) {
    const GoldenRun& run = *base.run;
    const bool guided = run.guided();
    const Plans positive = plans(golden_embeddings(file, run.dtype), base);
    // The goldens hold no embeddings of the negative prompts; these are our own.
    const Plans negative = guided ? plans(encode(run.negatives), base) : Plans{};
    const auto forward = [&](const Plans& all, int32_t step, int32_t number) {
        const std::string name = "noise_pred." + std::to_string(number);
        comparisons_.attempt(file + "/" + name, [&] {
            const Tensor img = load(file, latents_before(step), run.dtype);
            comparisons_.compare(file, name, "", tolerance::velocity(run.dtype == IRS_DTYPE_F32), velocity(flux_, img, all.all, step));
        });
    };
    for (int32_t i = 0; i < run.steps; i++) {
        forward(positive, i, guided ? 2 * i : i);
        if (guided) forward(negative, i, 2 * i + 1);
    }
}

void Stage::golden_step(const Base& base, const std::string& file, int32_t step) {
    const GoldenRun& run = *base.run;
    const auto prediction = [&](int32_t number) { return load(file, "noise_pred." + std::to_string(number), run.dtype); };
    const Tensor img = load(file, latents_before(step), run.dtype);
    Tensor along;
    if (run.guided()) {
        // v_neg + scale (v - v_neg) is two sums of the very form of an Euler step.
        const Tensor negative = prediction(2 * step + 1), difference = prediction(2 * step);
        euler(difference, negative, -1);
        along = copy_of(negative);
        euler(along, difference, run.true_cfg);
    } else {
        along = prediction(step);
    }
    euler(img, along, base.sigmas[static_cast<size_t>(step) + 1] - base.sigmas[static_cast<size_t>(step)]);
    comparisons_.compare(file, "latents." + std::to_string(step), "one step", tolerance::kStep, img);
}

// (N, 3, H, W) in [0, 1] to (N, H, W, 3) in [0, 255], halves to the even neighbour (diffusers image_processor.py).
std::vector<float> bytes_of(const std::vector<float>& images, int64_t plane) {
    std::vector<float> out(images.size());
    for (int64_t i = 0; i < static_cast<int64_t>(images.size()); i++) {
        const int64_t image = i / (3 * plane), channel = i / plane % 3, pixel = i % plane;
        out[static_cast<size_t>((image * plane + pixel) * 3 + channel)] = std::nearbyint(images[static_cast<size_t>(i)] * 255.0F);
    }
    return out;
}

// A run of our own, from the manifest alone, all images in one batch.
void Stage::whole_run(const Base& base, const std::string& file) {
    const GoldenRun& run = *base.run;
    const bool f32 = run.dtype == IRS_DTYPE_F32;
    const int64_t plane = static_cast<int64_t>(run.height) * run.width;
    const Plans positive = plans(encode(goldens_.prompts()), base);
    const Plans negative = run.guided() ? plans(encode(run.negatives), base) : Plans{};
    const Tensor img = packed_noise(goldens_.seeds(), base.shape, device_, run.dtype);
    for (int32_t i = 0; i < run.steps; i++) {
        euler(img, velocity(flux_, img, positive.all, i, negative.all, run.true_cfg),
              base.sigmas[static_cast<size_t>(i) + 1] - base.sigmas[static_cast<size_t>(i)]);
        comparisons_.compare(file, "latents." + std::to_string(i), "whole run", tolerance::run(f32), img);
    }
    const Tensor latents = make<Tensor>(irs_latents_unpack, img.get(), base.shape.height, base.shape.width);
    const Tensor images = images_of(vae_, latents);
    comparisons_.compare(file, "image", "", tolerance::run(f32), images);
    comparisons_.compare(file, "image_u8", "whole run", tolerance::pixels(f32), bytes_of(values_of(images), plane));
    // The looser comparison would let a byte be off by one; as bytes of the golden image they are exact.
    comparisons_.compare(file, "image_u8", "of image", tolerance::kExact, bytes_of(floats(goldens_.tensor(file, "image")), plane));
}

}  // namespace

std::vector<std::string> parity_stages(const std::string& goldens) {
    std::vector<std::string> out{"inputs", "text", "transformer", "vae", "clip", "lora"};
    const GoldenFolder folder(goldens);
    for (const GoldenRun& run : folder.runs()) out.push_back("run-" + run.name);
    return out;
}

void run_parity(const std::string& stage, const std::string& goldens, int32_t device, Rows& rows) {
    Stage all(goldens, device, rows);
    if (starts_with(stage, "run-")) return all.run(stage.substr(4));
    const std::pair<const char*, void (Stage::*)()> known[] = {{"inputs", &Stage::inputs}, {"text", &Stage::text},
                                                               {"transformer", &Stage::transformer}, {"vae", &Stage::vae},
                                                               {"clip", &Stage::clip}, {"lora", &Stage::lora}};
    for (const auto& [name, work] : known) {
        if (stage == name) return (all.*work)();
    }
    throw std::runtime_error("no stage is called " + stage);
}

}  // namespace gpu_check
