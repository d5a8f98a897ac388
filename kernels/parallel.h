// The threads of the CPU's kernels: libtorch's own in the library (native/src/torch/parallel.cpp).
#pragma once

#include <algorithm>
#include <cstdint>

namespace irs {

// A function that the caller keeps: kernels follow each other too fast to allocate one each time.
class Body {
public:
    template <typename Function>
    Body(const Function& function)  // NOLINT: a lambda becomes one
        : function_(&function), call_([](const void* f, int64_t begin, int64_t end) {
              (*static_cast<const Function*>(f))(begin, end);
          }) {}

    void operator()(int64_t begin, int64_t end) const { call_(function_, begin, end); }

private:
    const void* function_;
    void (*call_)(const void*, int64_t, int64_t);
};

// Calls body(begin, end) for parts of [0, count) with at least `grain` each, several at a time; returns when all are done.
void parallel_for(int64_t count, int64_t grain, const Body& body);

// The same over n rows of `count` values: body(row, first value of all, how many), never across rows.
template <typename OfRow>
void parallel_for_rows(int64_t n, int64_t count, int64_t grain, const OfRow& body) {
    parallel_for(n * count, grain, [&](int64_t begin, int64_t end) {
        while (begin < end) {
            const int64_t row = begin / count, some = std::min(end, (row + 1) * count) - begin;
            body(row, begin, some);
            begin += some;
        }
    });
}

int64_t thread_count();

}  // namespace irs
