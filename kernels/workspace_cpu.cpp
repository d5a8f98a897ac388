#include "workspace.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace irs {

namespace {

constexpr size_t kAlignment = 64;

}  // namespace

Workspace::~Workspace() {
    for (const Block& block : free_) std::free(block.data);
}

Workspace::Lease Workspace::take(size_t bytes) {
    const size_t size = (std::max<size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
    const std::lock_guard<std::mutex> lock(mutex_);
    // The smallest that fits, but none so large that it is wasted on this.
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it) {
        if (it->bytes >= size && it->bytes <= 2 * size && (best == free_.end() || it->bytes < best->bytes)) best = it;
    }
    if (best != free_.end()) {
        const Block block = *best;
        free_.erase(best);
        return Lease(block.data, {this, block.bytes});
    }
    free_.reserve(blocks_ + 1);  // so that giving back cannot fail
    void* data = std::aligned_alloc(kAlignment, size);
    if (data == nullptr) throw std::bad_alloc();
    blocks_++;
    return Lease(data, {this, size});
}

void Workspace::give_back(Block block) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    // Of one batch and image size a forward leases less than a score of blocks; more are another size's leavings.
    constexpr size_t kKept = 24;
    if (free_.size() >= kKept) {
        const Block oldest = free_.front();
        free_.erase(free_.begin());
        std::free(oldest.data);
        blocks_--;
    }
    free_.push_back(block);
}

}  // namespace irs
