// The threads of the CPU's kernels: libtorch's own in the library (native/src/torch/parallel.cpp).
#pragma once

#include <cstdint>
#include <functional>

namespace irs {

// Calls body(begin, end) for parts of [0, count) with at least `grain` each, several at a time; returns when all are done.
void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t begin, int64_t end)>& body);

int64_t thread_count();

}  // namespace irs
