// What the emulated device's parts share.
#pragma once

#include <ATen/core/Tensor.h>

namespace emulated {

constexpr int kDevices = 2;

// Another view of x's memory, as a tensor of another device; keeps it alive.
at::Tensor alias_of(const at::Tensor& x, c10::Device device);

}  // namespace emulated
