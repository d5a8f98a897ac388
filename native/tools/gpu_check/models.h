// Models of a folder in the diffusers and transformers layout, or of random weights.
#pragma once

#include <memory>
#include <string>

#include "irs.h"
#include "safetensors.h"

namespace gpu_check {

// From config.json, with the reference's defaults.
irs_flux_config flux_config(const std::string& folder);
irs_clip_config clip_config(const std::string& folder);
irs_t5_config t5_config(const std::string& folder);
irs_vae_config vae_config(const std::string& folder);

// Where a model computes, and in what.
struct Place {
    int32_t device; // IRS_CPU or 0..
    int32_t dtype;  // IRS_DTYPE_F32 or IRS_DTYPE_BF16
};

// The weights of a folder's safetensors files. Models made from them may use the mapped files: keep this until they are freed.
class FolderWeights {
public:
    FolderWeights(const std::string& folder, Place place);
    irs_weights* get() const { return weights_.get(); }

private:
    std::vector<std::unique_ptr<Safetensors>> files_;
    Weights weights_;
};

// Weights that are drawn where the model that asks for them computes.
Weights random_weights(Place place);

// The update of every linear layer of a folder's LoRA in PEFT's layout with the alpha of its metadata.
Lora read_lora(const std::string& folder, Place place);

// A LoRA of every linear layer of the transformer's blocks.
Lora random_lora(const irs_flux_config& config, int32_t rank, Place place);

}  // namespace gpu_check
