#include "train/parameters.h"

#include "error.h"
#include "mapped.h"
#include "torch/gradient.h"
#include "torch/ops.h"

namespace irs {

void make_trainable(Weights& weights) {
    const NoGrad no_grad;
    for (auto entry = weights.tensors.begin(); entry != weights.tensors.end();) {
        // Buffers, such as position ids, cannot be trained.
        entry = is_float(entry->second.dtype()) ? std::next(entry) : weights.tensors.erase(entry);
    }
    for (auto& [name, tensor] : weights.tensors) {
        Tensor copy;
        const bool whole = reads_whole(tensor, [&] { copy = tensor.copy(weights.device, weights.dtype); });
        require(whole, name, " ", kCut);
        tensor = copy;
        require(ops::all_finite(tensor), name, " holds NaN or infinite values");
        require_gradient(tensor);
    }
    weights.trainable = true;
}

std::shared_ptr<Lora> lora_of(const Weights& factors, DType dtype, double scale, float dropout, uint64_t seed) {
    const std::string a_suffix = ".lora_A.weight", b_suffix = ".lora_B.weight";
    auto out = std::make_shared<Lora>(factors.device, dtype);
    for (const auto& [name, a] : factors.tensors) {
        if (name.size() <= a_suffix.size() || name.compare(name.size() - a_suffix.size(), a_suffix.size(), a_suffix) != 0) {
            continue;
        }
        const std::string module = name.substr(0, name.size() - a_suffix.size());
        const auto b = factors.tensors.find(module + b_suffix);
        require(b != factors.tensors.end(), module, b_suffix, " is missing");
        out->share(module, a, b->second, scale, {dropout, seed});
    }
    require(!out->updates().empty(), "the LoRA factors hold no tensor named <module>", a_suffix);
    return out;
}

}  // namespace irs
