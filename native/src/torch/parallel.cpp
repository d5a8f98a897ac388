// The kernels' threads are libtorch's: a second pool would fight with it for the processor.
#include "parallel.h"

#include <exception>
#include <mutex>

#include "torch/api.h"

namespace irs {

namespace {

struct Work {
    const std::function<void(int64_t, int64_t)>& body;
    std::mutex mutex;
    std::exception_ptr failure;
};

// What leaves an OpenMP region ends the process, so the first failure is carried out by hand.
void run(int64_t begin, int64_t end, void* context) {
    auto& work = *static_cast<Work*>(context);
    try {
        work.body(begin, end);
    } catch (...) {
        const std::lock_guard<std::mutex> lock(work.mutex);
        if (!work.failure) work.failure = std::current_exception();
    }
}

}  // namespace

void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body) {
    Work work{body, {}, nullptr};
    torch::check(torch::api().parallel_for(0, count, grain, run, &work), "parallel_for");
    if (work.failure) std::rethrow_exception(work.failure);
}

int64_t thread_count() {
    uint32_t count = 0;
    torch::check(torch::api().get_num_threads(&count), "count threads");
    return count;
}

}  // namespace irs
