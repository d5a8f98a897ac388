// The libraries of a PyTorch or libtorch installation.
#pragma once

#include <string>

namespace gpu_check {

// Opens them for the ABI: `folder` is the installation, its lib or its torch/lib. With CUDA's where they are there.
void open_torch(const std::string& folder);

}  // namespace gpu_check
