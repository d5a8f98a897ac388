// What surrounds the transformer, and a whole search.
#include <algorithm>
#include <numeric>

#include "parts.h"
#include "step_bench.h"
#include "timing.h"

namespace gpu_check {

namespace {

struct Judges {
    Shapes shapes;
    Weights vae_weights, clip_weights;
    Vae vae;
    Clip clip;

    Judges(const Settings& settings, Place place)
        : shapes(shapes_of(settings.shape)), vae_weights(random_weights(place)), clip_weights(random_weights(place)),
          vae(make<Vae>(irs_vae_create, static_cast<const irs_vae_config*>(&shapes.vae), vae_weights.get())),
          clip(make<Clip>(irs_clip_create, static_cast<const irs_clip_config*>(&shapes.verifier), clip_weights.get())) {}

    irs_clip_preprocessing preprocessing() const {
        return {IRS_RESIZE_SHORTEST, shapes.verifier.image_size, shapes.verifier.image_size, IRS_FILTER_BICUBIC, IRS_CROP_DOWN,
                shapes.verifier.image_size, 1, {0.48145466, 0.4578275, 0.40821073}, {0.26862954, 0.26130258, 0.27577711}};
    }

    Tensor text() const {
        std::vector<int64_t> ids(static_cast<size_t>(shapes.verifier.text_positions), 0);
        return make<Tensor>(irs_clip_embed_text, clip.get(), 1, shapes.verifier.text_positions, ids.data());
    }

    // Images (N, 3, H, W) to N cosines.
    Tensor scores(const Tensor& images, const Tensor& text) const {
        const irs_clip_preprocessing config = preprocessing();
        const Tensor pixels = make<Tensor>(irs_clip_preprocess, images.get(), &config);
        const Tensor embedding = make<Tensor>(irs_clip_embed_image, clip.get(), pixels.get());
        return make<Tensor>(irs_cosine, embedding.get(), text.get());
    }
};

Tensor noise_latents(const LatentShape& shape, int32_t batch, Place place) {
    const Tensor packed = packed_noise(first_seeds(batch), shape, place.device, place.dtype);
    return make<Tensor>(irs_latents_unpack, packed.get(), shape.height, shape.width);
}

// The halving of candidates by their previews while they are drawn.
class PrunedSearch {
public:
    PrunedSearch(const Settings& settings, Place place, int32_t pixels, int32_t steps)
        : judges_(settings, place), flux_weights_(random_weights(place)),
          flux_(make<Flux>(irs_flux_create, static_cast<const irs_flux_config*>(&judges_.shapes.flux), flux_weights_.get())),
          place_(place), shape_(judges_.shapes.latents(pixels)), steps_(steps) {}

    // Draws `candidates`; with `prune` half of them are left after a quarter, three eighths and half of the steps. Returns
    // the forwards made.
    int32_t run(int32_t candidates, bool prune) {
        std::vector<float> sigmas;
        for (int32_t i = 0; i <= steps_; i++) sigmas.push_back(1 - static_cast<float>(i) / static_cast<float>(steps_));
        const Plan plan = empty_plan(flux_.get(), judges_.shapes, shape_, {sigmas.begin(), sigmas.end() - 1}, place_);
        const Tensor text = judges_.text();
        Tensor img = packed_noise(first_seeds(candidates), shape_, place_.device, IRS_DTYPE_F32);
        int32_t forwards = 0;
        for (int32_t i = 0; i < steps_; i++) {
            const std::vector<const irs_plan*> plans(static_cast<size_t>(candidates), plan.get());
            const Tensor v = velocity(flux_, img, plans, i);
            forwards += candidates;
            const bool halve = prune && candidates > 2 && (8 * i == 2 * steps_ || 8 * i == 3 * steps_ || 8 * i == 4 * steps_);
            euler(img, v, sigmas[static_cast<size_t>(i) + 1] - sigmas[static_cast<size_t>(i)]);
            if (halve) {
                candidates /= 2;
                img = best(img, v, sigmas[static_cast<size_t>(i) + 1], candidates, text);
            }
        }
        scores_of(images_of(judges_.vae, unpacked(img)), text);
        return forwards;
    }

private:
    Tensor unpacked(const Tensor& packed) const {
        const Tensor latents = make<Tensor>(irs_latents_unpack, packed.get(), shape_.height, shape_.width);
        return make<Tensor>(irs_tensor_convert, latents.get(), place_.device, place_.dtype);
    }

    std::vector<float> scores_of(const Tensor& images, const Tensor& text) const { return values_of(judges_.scores(images, text)); }

    // The rows whose predicted end x0 = x - sigma v pleases most, at half size.
    Tensor best(const Tensor& img, const Tensor& v, float sigma, int32_t keep, const Tensor& text) const {
        const auto n = static_cast<size_t>(shape_of(img)[0]);
        const std::vector<float> a(n, 1), b(n, -sigma), c(n, 0);
        const Tensor x0 = make<Tensor>(irs_latents_combine, img.get(), v.get(), nullptr, static_cast<int32_t>(n), a.data(), b.data(), c.data());
        const Tensor small = make<Tensor>(irs_latents_reduce, unpacked(x0).get(), 2);
        const std::vector<float> scores = scores_of(images_of(judges_.vae, small), text);
        std::vector<int64_t> order(n);
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int64_t left, int64_t right) {
            return scores[static_cast<size_t>(left)] > scores[static_cast<size_t>(right)];
        });
        return make<Tensor>(irs_tensor_select_rows, img.get(), keep, static_cast<const int64_t*>(order.data()));
    }

    Judges judges_;
    Weights flux_weights_;
    Flux flux_;
    Place place_;
    LatentShape shape_;
    int32_t steps_;
};

}  // namespace

void measure_decode(const Settings& settings, Rows& rows) {
    const Place place{settings.device, IRS_DTYPE_BF16};
    const Judges judges(settings, place);
    for (const int32_t pixels : {judges.shapes.small, judges.shapes.large}) {
        for (const int32_t batch : {1, 4}) {
            const std::string what = work_of(pixels, batch);
            rows.attempt(what, [&] {
                const Tensor latents = noise_latents(judges.shapes.latents(pixels), batch, place);
                rows.add(what, "measured", "", milliseconds(seconds_of(settings.repeats(), [&] {
                             wait_for(images_of(judges.vae, latents));
                         })));
            });
        }
    }
}

void measure_clip(const Settings& settings, Rows& rows) {
    const Place place{settings.device, IRS_DTYPE_BF16};
    const Judges judges(settings, place);
    const Tensor text = judges.text();
    for (const int32_t batch : {1, 16}) {
        const std::string what = std::to_string(batch) + (batch == 1 ? " image" : " images");
        rows.attempt(what, [&] {
            const int64_t edge = judges.shapes.small;
            const std::vector<float> grey(static_cast<size_t>(batch * 3 * edge * edge), 0.5F);
            const Tensor images = tensor_of(grey, {batch, 3, edge, edge}, settings.device, IRS_DTYPE_BF16);
            rows.add(what, "measured", "", milliseconds(seconds_of(settings.repeats(), [&] { wait_for(judges.scores(images, text)); })));
        });
    }
}

void measure_merge(const Settings& settings, Rows& rows) {
    constexpr int32_t kRank = 16;
    StepBench bench(settings, IRS_DTYPE_BF16);
    const Lora lora = random_lora(bench.shapes().flux, kRank, {settings.device, IRS_DTYPE_BF16});
    const auto read_back = [&] { wait_for(make<Tensor>(irs_flux_parameter, bench.flux(), "proj_out.weight")); };
    const std::vector<double> seconds = seconds_of(settings.repeats(), [&] {
        merge(bench.flux(), {{lora.get(), 1}});
        read_back();
    });
    rows.add("rank 16 into every block's layers", "measured", "", milliseconds(seconds));
}

void measure_search(const Settings& settings, Rows& rows) {
    constexpr int32_t kCandidates = 16, kSteps = 8;
    const bool longer = settings.full() && settings.shape != "tiny";
    const int32_t steps = longer ? 3 * kSteps : kSteps;
    PrunedSearch search(settings, {settings.device, IRS_DTYPE_BF16}, shapes_of(settings.shape).small, steps);
    search.run(2, false); // warms up
    std::vector<double> pruned, whole, ratios;
    int32_t forwards = 0, all = 0;
    const int32_t rounds = longer ? 3 : 1;
    for (int32_t i = 0; i < rounds; i++) {
        const double start = now();
        forwards = search.run(kCandidates, true);
        const double between = now();
        all = search.run(kCandidates, false);
        const double end = now();
        pruned.push_back(between - start);
        whole.push_back(end - between);
        ratios.push_back((end - between) / (between - start));
    }
    rows.add("best of 16 by pruning, " + std::to_string(steps) + " steps", "measured", "",
             {{"ms", 1e3 * median(pruned)}, {"nfe", forwards}, {"unpruned_ms", 1e3 * median(whole)}, {"unpruned_nfe", all},
              {"times_as_fast", median(ratios)}});
}

}  // namespace gpu_check
