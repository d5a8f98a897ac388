// Where kernels run: on the team of a forward that is made of kernels alone; elsewhere on libtorch's threads, which a
// second pool would fight with for the processor.
#include "parallel.h"

#include <exception>
#include <mutex>

#include "team.h"
#include "torch/api.h"
#include "torch/threads.h"

namespace irs {

namespace {

struct Work {
    const Body& body;
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

Team& team() {
    // Never ended: its threads sleep when the process does.
    static Team& only = *new Team(thread_count());
    return only;
}

void parallel_for(int64_t count, int64_t grain, const Body& body) {
    if (Team::inside()) {
        if (count > 0) body(0, count);
        return;
    }
    if (Team* const own = Team::current()) {
        own->run(count, grain, body);
        return;
    }
    Work work{body, {}, nullptr};
    torch::check(torch::api().parallel_for(0, count, grain, run, &work), "parallel_for");
    if (work.failure) std::rethrow_exception(work.failure);
}

int64_t thread_count() {
    if (const Team* const own = Team::current()) return own->threads();
    uint32_t count = 0;
    torch::check(torch::api().get_num_threads(&count), "count threads");
    return count;
}

}  // namespace irs
