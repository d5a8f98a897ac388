// Threads that stay awake from one kernel of a forward to the next: waking a sleeping one takes longer than many kernels.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "parallel.h"

namespace irs {

class Team {
public:
    // The caller is one of the threads; the others sleep until there is a Shift.
    explicit Team(int64_t threads);
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    // While it lives the team watches for what the thread that made it calls; of several threads the first has the team.
    class Shift {
    public:
        explicit Shift(Team& team);
        ~Shift();
        Shift(const Shift&) = delete;
        Shift& operator=(const Shift&) = delete;

    private:
        Team* team_;  // null where another thread has it, or this one already
    };

    // The team of this thread's Shift, or null.
    static Team* current();

    int64_t threads() const { return static_cast<int64_t>(threads_.size()) + 1; }

    // Whether this thread is in a piece of run().
    static bool inside();

    // As parallel_for(), by the thread of the Shift. What a piece throws is thrown here, once all are done.
    void run(int64_t count, int64_t grain, const Body& body);

private:
    void work();
    bool take();
    void fail() noexcept;

    // Generation of the work (32 bits), its pieces (16), those that were taken (16): one word, so that nobody can take a
    // piece of work that is over.
    std::atomic<uint64_t> ticket_{0};
    alignas(64) std::atomic<int64_t> done_{0};
    alignas(64) std::atomic<bool> awake_{false};
    const Body* body_ = nullptr;
    int64_t count_ = 0;
    std::exception_ptr failure_;

    std::mutex owner_, mutex_;
    std::condition_variable wake_;
    int sleeping_ = 0;
    bool over_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace irs
