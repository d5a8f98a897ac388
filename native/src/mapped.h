// Reads of memory that may be a mapped file. Where another process shortens the file meanwhile, the system answers a read
// with SIGBUS, which would end the whole process.
#pragma once

#include <cstdint>
#include <functional>

#include "torch/tensor.h"

namespace irs {

constexpr const char* kCut = "lies in a part of its file that was cut off while it was open; copy the file again";

// Runs `read`, which reads [data, data + bytes) on any threads; false if part of it was gone. The read then sees zeros
// there, and so does every later one.
bool reads_whole(const void* data, int64_t bytes, const std::function<void()>& read);

// The same for the memory of a tensor, which nothing can take away unless it wraps the host's.
bool reads_whole(const Tensor& x, const std::function<void()>& read);

}  // namespace irs
