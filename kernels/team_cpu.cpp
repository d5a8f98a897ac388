#include "team.h"

#include <algorithm>
#include <utility>

namespace irs {

namespace {

thread_local Team* own = nullptr;
thread_local bool in_piece = false;

constexpr uint64_t kPiecesAt = 16, kGenerationAt = 32, kField = 0xffff;
constexpr int64_t kPiecesPerThread = 4;  // so that a thread that is late leaves its part to the others
constexpr int kLingering = 2000;         // looks for work after a Shift, some 50 us: the next step often follows at once
constexpr int kPatience = 20000;         // looks before a thread lets others have the processor

uint64_t pieces_of(uint64_t ticket) { return ticket >> kPiecesAt & kField; }
uint64_t taken_of(uint64_t ticket) { return ticket & kField; }

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace

Team::Team(int64_t threads) {
    for (int64_t i = 1; i < threads; i++) threads_.emplace_back([this] { work(); });
}

Team::~Team() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        over_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

Team::Shift::Shift(Team& team) : team_(own == nullptr && team.owner_.try_lock() ? &team : nullptr) {
    if (team_ == nullptr) return;
    own = team_;
    bool sleeping = false;
    {
        const std::lock_guard<std::mutex> lock(team.mutex_);
        team.awake_.store(true, std::memory_order_release);
        sleeping = team.sleeping_ > 0;
    }
    if (sleeping) team.wake_.notify_all();
}

Team::Shift::~Shift() {
    if (team_ == nullptr) return;
    own = nullptr;
    team_->awake_.store(false, std::memory_order_release);
    team_->owner_.unlock();
}

Team* Team::current() { return own; }

bool Team::inside() { return in_piece; }

void Team::run(int64_t count, int64_t grain, const Body& body) {
    const int64_t most = std::min<int64_t>(kField, kPiecesPerThread * threads());
    const int64_t pieces = std::min(most, (count + grain - 1) / grain);
    if (pieces <= 1 || threads_.empty()) {
        if (count > 0) body(0, count);
        return;
    }
    body_ = &body;
    count_ = count;
    done_.store(0, std::memory_order_relaxed);
    const uint64_t generation = (ticket_.load(std::memory_order_relaxed) >> kGenerationAt) + 1;
    ticket_.store(generation << kGenerationAt | static_cast<uint64_t>(pieces) << kPiecesAt, std::memory_order_release);
    while (take()) {
    }
    for (int looks = 0; done_.load(std::memory_order_acquire) < pieces; looks++) {
        pause();
        if (looks > kPatience) std::this_thread::yield();
    }
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

// Does one piece, if any is left.
bool Team::take() {
    uint64_t ticket = ticket_.load(std::memory_order_acquire);
    while (taken_of(ticket) < pieces_of(ticket)) {
        if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
            continue;
        }
        // Until this piece is done, run() does not return.
        const auto i = static_cast<int64_t>(taken_of(ticket)), pieces = static_cast<int64_t>(pieces_of(ticket));
        in_piece = true;
        try {
            (*body_)(count_ * i / pieces, count_ * (i + 1) / pieces);
        } catch (...) {
            fail();
        }
        in_piece = false;
        done_.fetch_add(1, std::memory_order_release);
        return true;
    }
    return false;
}

void Team::fail() noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
}

void Team::work() {
    for (;;) {
        {
            std::unique_lock<std::mutex> lock(mutex_);
            sleeping_++;
            wake_.wait(lock, [this] { return over_ || awake_.load(std::memory_order_relaxed); });
            sleeping_--;
            if (over_) return;
        }
        int looks = 0, asleep = 0;
        while (asleep < kLingering) {
            if (take()) {
                looks = 0;
            } else {
                pause();
                if (++looks > kPatience) std::this_thread::yield();
            }
            asleep = awake_.load(std::memory_order_acquire) ? 0 : asleep + 1;
        }
    }
}

}  // namespace irs
