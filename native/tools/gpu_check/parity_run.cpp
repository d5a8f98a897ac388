// Runs from prompts to images.
#include <cmath>

#include "parity_stage.h"

namespace gpu_check {

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

namespace {

// (N, 3, H, W) in [0, 1] to (N, H, W, 3) in [0, 255], halves to the even neighbour (diffusers image_processor.py).
std::vector<float> bytes_of(const std::vector<float>& images, int64_t plane) {
    std::vector<float> out(images.size());
    for (int64_t i = 0; i < static_cast<int64_t>(images.size()); i++) {
        const int64_t image = i / (3 * plane), channel = i / plane % 3, pixel = i % plane;
        out[static_cast<size_t>((image * plane + pixel) * 3 + channel)] = std::nearbyint(images[static_cast<size_t>(i)] * 255.0F);
    }
    return out;
}

}  // namespace

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

}  // namespace gpu_check
