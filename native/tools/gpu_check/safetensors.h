// Tensors of a safetensors file (huggingface/safetensors, README "Format"), mapped and not copied.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "irs.h"
#include "json.h"

namespace gpu_check {

struct StoredTensor {
    int32_t dtype; // IRS_DTYPE_*
    Shape shape;
    const void* data;
    int64_t bytes;

    std::vector<double> values() const;

    // On a device, in another dtype; a copy.
    Tensor on(int32_t device, int32_t to) const;
};

class Safetensors {
public:
    // Throws where it cannot be read, or is cut or damaged.
    explicit Safetensors(const std::string& file);
    ~Safetensors();
    Safetensors(const Safetensors&) = delete;
    Safetensors& operator=(const Safetensors&) = delete;

    const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }
    const StoredTensor& at(const std::string& name) const;
    // The texts of __metadata__.
    const Json& metadata() const { return metadata_; }

private:
    void read(const Json& header, uint64_t begin);

    std::string file_;
    void* mapped_ = nullptr;
    size_t bytes_ = 0;
    std::map<std::string, StoredTensor> tensors_;
    Json metadata_ = Json::object();
};

}  // namespace gpu_check
