// A folder of golden tensors, as `irscale parity` reads it, and how tensors are compared with them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "rows.h"
#include "safetensors.h"

namespace gpu_check {

// How far a tensor may be from its golden: by its largest error, or in bf16, where single values carry rounding of 1 in 256,
// by its relative L2 norm.
struct Tolerance {
    enum class Measure {
        max,       // max |ours - golden| / max |golden|
        l2,        // ||ours - golden|| / ||golden||
        eight_bit  // max |ours - golden| / 255
    };
    Measure measure;
    double limit;

    // NaN where a value of either is not finite.
    double error(const std::vector<float>& ours, const std::vector<double>& golden) const;
};

// The limits of io.irscale.cli.parity.Tolerance, where their reasons stand.
namespace tolerance {
constexpr Tolerance kExact{Tolerance::Measure::max, 0};
constexpr Tolerance kTruth{Tolerance::Measure::max, 5e-6};
constexpr Tolerance kT5{Tolerance::Measure::max, 3e-5};
constexpr Tolerance kStage{Tolerance::Measure::max, 1e-5};
constexpr Tolerance kStep{Tolerance::Measure::max, 1e-6};
constexpr Tolerance kPil{Tolerance::Measure::max, 2.5e-2};
inline Tolerance txt(bool f32) { return f32 ? kT5 : Tolerance{Tolerance::Measure::l2, 4e-2}; }
inline Tolerance vec(bool f32) { return f32 ? kStage : Tolerance{Tolerance::Measure::l2, 4e-2}; }
inline Tolerance velocity(bool f32) { return f32 ? kStage : Tolerance{Tolerance::Measure::l2, 2e-2}; }
inline Tolerance run(bool f32) { return f32 ? Tolerance{Tolerance::Measure::max, 1e-4} : Tolerance{Tolerance::Measure::l2, 6e-2}; }
inline Tolerance pixels(bool f32) {
    return f32 ? Tolerance{Tolerance::Measure::eight_bit, 1.0 / 255} : Tolerance{Tolerance::Measure::l2, 6e-2};
}
}  // namespace tolerance

struct GoldenRun {
    std::string name;
    int32_t height, width, steps; // pixels, denoising steps
    int32_t dtype;                // IRS_DTYPE_F32 or IRS_DTYPE_BF16
    float true_cfg;               // of no meaning without negatives
    std::vector<std::string> negatives; // a prompt each, or none
    bool guided() const { return !negatives.empty(); }
};

class GoldenFolder {
public:
    explicit GoldenFolder(const std::string& folder);

    const std::vector<std::string>& prompts() const { return prompts_; }
    const std::vector<std::string>& captions() const { return captions_; }
    const std::vector<uint64_t>& seeds() const { return seeds_; }
    float guidance() const { return guidance_; }
    int32_t text_tokens() const { return text_tokens_; }
    const std::vector<GoldenRun>& runs() const { return runs_; }
    const GoldenRun& run(const std::string& name) const;

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    // Of this folder or of the one above, which folders of goldens share; empty where neither has it.
    std::string shared(const std::string& name) const;

    // <name>.safetensors of this folder or of the one above.
    const Safetensors& file(const std::string& name);
    const StoredTensor& tensor(const std::string& file, const std::string& name) { return this->file(file).at(name); }

    // The ids that irscale's tokenizers give a text (ids.json, which ParityIdsTest keeps true); kind: clip_77, t5_64, ...
    std::vector<int64_t> ids(const std::string& text, const std::string& kind);
    std::vector<int64_t> ids(const std::vector<std::string>& texts, const std::string& kind);

private:
    std::string folder_;
    std::vector<std::string> prompts_, captions_;
    std::vector<uint64_t> seeds_;
    float guidance_ = 0;
    int32_t text_tokens_ = 0;
    std::vector<GoldenRun> runs_;
    std::map<std::string, std::unique_ptr<Safetensors>> files_;
    Json ids_;
};

// Compares tensors with goldens, a row for each.
class Comparisons {
public:
    Comparisons(GoldenFolder& goldens, Rows& rows) : goldens_(goldens), rows_(rows) {}

    // `how` tells apart several comparisons with one golden.
    void compare(const std::string& file, const std::string& name, const std::string& how, const Tolerance& tolerance,
                 const std::vector<float>& ours);
    void compare(const std::string& file, const std::string& name, const std::string& how, const Tolerance& tolerance,
                 const Tensor& ours);

    // A comparison that is not of two tensors of numbers.
    void told(const std::string& what, bool good, const std::string& note);

    template <typename Work>
    void attempt(const std::string& what, const Work& work) {
        rows_.attempt(what, work);
    }

private:
    GoldenFolder& goldens_;
    Rows& rows_;
};

}  // namespace gpu_check
