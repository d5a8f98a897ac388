// The threads of the kernels' tests: three, so that the pieces meet in odd places.
#include <algorithm>
#include <thread>
#include <vector>

#include "parallel.h"

namespace irs {

void parallel_for(int64_t count, int64_t grain, const Body& body) {
    const int64_t pieces = std::min<int64_t>(3, (count + grain - 1) / grain);
    std::vector<std::thread> threads;
    for (int64_t i = 0; i < pieces; i++) threads.emplace_back(body, count * i / pieces, count * (i + 1) / pieces);
    for (std::thread& thread : threads) thread.join();
}

int64_t thread_count() { return 3; }

}  // namespace irs
