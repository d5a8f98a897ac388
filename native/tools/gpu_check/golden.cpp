#include "golden.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace gpu_check {

namespace {

std::vector<std::string> texts(const Json& list) {
    std::vector<std::string> out;
    for (const Json& item : list.items()) out.push_back(item.text());
    return out;
}

GoldenRun run_of(const std::string& name, const Json& entry) {
    GoldenRun run{};
    run.name = name;
    run.height = static_cast<int32_t>(entry.at("height").number());
    run.width = static_cast<int32_t>(entry.at("width").number());
    run.steps = static_cast<int32_t>(entry.at("steps").number());
    run.dtype = entry.at("dtype").text() == "torch.float32" ? IRS_DTYPE_F32 : IRS_DTYPE_BF16;
    run.true_cfg = static_cast<float>(entry.number("true_cfg_scale", 0));
    if (const Json* const negatives = entry.find("negative_prompts")) run.negatives = texts(*negatives);
    return run;
}

const char* name_of(Tolerance::Measure measure) {
    switch (measure) {
        case Tolerance::Measure::max: return "max";
        case Tolerance::Measure::l2: return "L2";
        default: return "8-bit";
    }
}

std::string text_of(const Shape& shape) {
    std::string out;
    for (const int64_t size : shape) out += (out.empty() ? "" : ", ") + std::to_string(size);
    return "(" + out + ")";
}

}  // namespace

double Tolerance::error(const std::vector<float>& ours, const std::vector<double>& golden) const {
    double off = 0, reference = measure == Measure::eight_bit ? 255 : 0;
    const auto add = [&](double& sum, double x) { sum = measure == Measure::l2 ? sum + x * x : std::max(sum, std::fabs(x)); };
    for (size_t i = 0; i < golden.size(); i++) {
        if (!std::isfinite(ours[i]) || !std::isfinite(golden[i])) return NAN;
        add(off, ours[i] - golden[i]);
        if (measure != Measure::eight_bit) add(reference, golden[i]);
    }
    const double error = off == 0 ? 0 : off / reference;
    return measure == Measure::l2 ? std::sqrt(error) : error;
}

GoldenFolder::GoldenFolder(const std::string& folder) : folder_(folder) {
    const Json manifest = Json::read(path("manifest.json"));
    prompts_ = texts(manifest.at("prompts"));
    captions_ = texts(manifest.at("clip_captions"));
    for (const Json& seed : manifest.at("seeds").items()) seeds_.push_back(static_cast<uint64_t>(seed.number()));
    if (seeds_.size() != prompts_.size()) throw std::runtime_error(path("manifest.json") + ": expected a seed for each prompt");
    guidance_ = static_cast<float>(manifest.at("guidance_scale").number());
    text_tokens_ = static_cast<int32_t>(manifest.at("max_sequence_length").number());
    for (const auto& [name, entry] : manifest.at("runs").fields()) runs_.push_back(run_of(name, entry));
}

const GoldenRun& GoldenFolder::run(const std::string& name) const {
    const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const GoldenRun& run) { return run.name == name; });
    if (found == runs_.end()) throw std::runtime_error(path("manifest.json") + " has no run " + name);
    return *found;
}

std::string GoldenFolder::shared(const std::string& name) const {
    for (const std::string& file : {path(name), path("../" + name)}) {
        if (std::filesystem::is_regular_file(file)) return file;
    }
    return "";
}

const Safetensors& GoldenFolder::file(const std::string& name) {
    std::unique_ptr<Safetensors>& file = files_[name];
    if (!file) {
        const std::string found = shared(name + ".safetensors");
        if (found.empty()) throw std::runtime_error(path(name + ".safetensors") + " is missing");
        file = std::make_unique<Safetensors>(found);
    }
    return *file;
}

std::vector<int64_t> GoldenFolder::ids(const std::string& text, const std::string& kind) {
    if (ids_.is_null()) ids_ = Json::read(path("ids.json"));
    for (const Json& entry : ids_.items()) {
        if (entry.at("text").text() != text || entry.find(kind) == nullptr) continue;
        std::vector<int64_t> out;
        for (const Json& id : entry.at(kind).items()) out.push_back(static_cast<int64_t>(id.number()));
        return out;
    }
    throw std::runtime_error(path("ids.json") + " has no " + kind + " of '" + text + "'");
}

std::vector<int64_t> GoldenFolder::ids(const std::vector<std::string>& texts, const std::string& kind) {
    std::vector<int64_t> out;
    for (const std::string& text : texts) {
        const std::vector<int64_t> one = ids(text, kind);
        out.insert(out.end(), one.begin(), one.end());
    }
    return out;
}

void Comparisons::compare(const std::string& file, const std::string& name, const std::string& how, const Tolerance& tolerance,
                          const std::vector<float>& ours) {
    const std::string what = file + "/" + name + (how.empty() ? "" : " (" + how + ")");
    attempt(what, [&] {
        const std::vector<double> golden = goldens_.tensor(file, name).values();
        if (golden.size() != ours.size()) {
            told(what, false, "the golden has " + std::to_string(golden.size()) + " values, irscale " + std::to_string(ours.size()));
            return;
        }
        const double error = tolerance.error(ours, golden);
        rows_.add(what, error <= tolerance.limit ? "pass" : "fail", "",
                  {{"error", error}, {"tolerance", tolerance.limit}, {"measure", name_of(tolerance.measure)}});
    });
}

void Comparisons::compare(const std::string& file, const std::string& name, const std::string& how, const Tolerance& tolerance,
                          const Tensor& ours) {
    attempt(file + "/" + name, [&] {
        const Shape wanted = goldens_.tensor(file, name).shape, got = shape_of(ours);
        if (wanted != got) {
            told(file + "/" + name, false, "the golden has shape " + text_of(wanted) + ", irscale " + text_of(got));
            return;
        }
        compare(file, name, how, tolerance, values_of(ours));
    });
}

void Comparisons::told(const std::string& what, bool good, const std::string& note) { rows_.add(what, good ? "pass" : "fail", note); }

}  // namespace gpu_check
