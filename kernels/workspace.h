// Host memory that kernels write between them, kept from step to step: fresh pages would cost more than what is written.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace irs {

// Owns all blocks; must outlive its leases. Any thread may take one.
class Workspace {
    struct GiveBack {
        Workspace* owner;
        size_t bytes;
        void operator()(void* data) const { owner->give_back({data, bytes}); }
    };

public:
    using Lease = std::unique_ptr<void, GiveBack>;

    Workspace() = default;
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    ~Workspace();

    // At least so many bytes, aligned to 64, undefined. Throws std::bad_alloc.
    Lease take(size_t bytes);

private:
    struct Block {
        void* data;
        size_t bytes;
    };
    void give_back(Block block) noexcept;

    std::mutex mutex_;
    std::vector<Block> free_;
    size_t blocks_ = 0;  // leased ones included
};

}  // namespace irs
