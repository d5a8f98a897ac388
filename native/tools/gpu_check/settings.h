// What a run was asked for.
#pragma once

#include <filesystem>
#include <string>

#include "shapes.h"

namespace gpu_check {

struct Settings {
    std::string self;         // this program
    std::string torch;        // the folder of libtorch's libraries
    std::string goldens;      // a folder of goldens
    std::string kernel_test;  // the program that holds kernels to their CPU twins
    std::string python;       // with PyTorch for the device; empty: no comparison with plain PyTorch
    std::string plain;        // plain_step.py
    std::string shape = "flux-dev";
    std::string out;          // results
    int32_t device = 0;       // IRS_CPU or 0..
    double minutes = 5;

    bool full() const { return minutes > 5; }
    // Measurements of each figure.
    int32_t repeats() const { return full() ? 10 : 5; }
    int32_t rounds() const { return full() ? 7 : 3; }
    // Without nvcc there are none, and libtorch's operators do their work.
    bool has_cuda_kernels() const { return std::filesystem::exists(std::filesystem::path(self).parent_path() / "libirscale_cuda.so"); }
    std::string device_name() const { return device < 0 ? "cpu" : "cuda:" + std::to_string(device); }
};

}  // namespace gpu_check
