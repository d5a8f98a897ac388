// Named intermediate results, kept for parity checks.
#pragma once

#include <map>

#include "error.h"
#include "torch/tensor.h"

namespace irs {

class Trace {
public:
    void put(const std::string& name, const Tensor& x) { tensors_.insert_or_assign(name, x); }

    const Tensor& get(const std::string& name) const {
        const auto found = tensors_.find(name);
        require(found != tensors_.end(), "the trace holds no ", name);
        return found->second;
    }

private:
    std::map<std::string, Tensor> tensors_;
};

}  // namespace irs
