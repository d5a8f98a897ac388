#include "mapped.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

namespace irs {

namespace {

// A range that is being read. The handler may run on any thread, so that it takes no lock.
struct Range {
    std::atomic<bool> taken{false};
    std::atomic<uintptr_t> begin{0}, end{0};  // end 0: none
    std::atomic<bool> cut{false};
};

constexpr size_t kRanges = 64;
Range ranges[kRanges];
struct sigaction before;

// Puts zeros in place of what the file no longer has: it was cut at its end, so everything up to the range's is gone.
bool replace(uintptr_t address) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    for (Range& range : ranges) {
        const uintptr_t end = range.end.load(std::memory_order_acquire);
        if (address < range.begin.load(std::memory_order_acquire) || address >= end) continue;
        const uintptr_t first = address / page * page, last = (end + page - 1) / page * page;
        void* const at = reinterpret_cast<void*>(first);
        if (mmap(at, last - first, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at) return false;
        range.cut = true;
        return true;
    }
    return false;
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
    if (info->si_code == BUS_ADRERR && replace(reinterpret_cast<uintptr_t>(info->si_addr))) return;
    // The JVM's own: it turns faults of Java code into exceptions.
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(signal, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(signal);
    } else {
        sigaction(SIGBUS, &before, nullptr);  // The read is tried again, and ends the process.
    }
}

void install() {
    static std::once_flag once;
    std::call_once(once, [] {
        sigaction(SIGBUS, nullptr, &before);
        struct sigaction own = before;
        own.sa_flags |= SA_SIGINFO | SA_ONSTACK | SA_RESTART;
        own.sa_sigaction = on_bus_error;
        sigaction(SIGBUS, &own, nullptr);
    });
}

class Reading {
public:
    Reading(const void* data, int64_t bytes) : range_(take()) {
        const auto begin = reinterpret_cast<uintptr_t>(data);
        range_.cut = false;
        range_.begin.store(begin, std::memory_order_release);
        range_.end.store(begin + static_cast<uintptr_t>(bytes), std::memory_order_release);
    }
    ~Reading() {
        range_.end.store(0, std::memory_order_release);
        range_.taken.store(false, std::memory_order_release);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    bool whole() const { return !range_.cut; }

private:
    static Range& take() {
        while (true) {
            for (Range& range : ranges) {
                if (!range.taken.exchange(true, std::memory_order_acquire)) return range;
            }
            std::this_thread::yield();
        }
    }

    Range& range_;
};

}  // namespace

bool reads_whole(const void* data, int64_t bytes, const std::function<void()>& read) {
    install();
    const Reading reading(data, bytes);
    read();
    return reading.whole();
}

bool reads_whole(const Tensor& x, const std::function<void()>& read) {
    if (x.device().is_cpu() && x.is_contiguous()) return reads_whole(x.data(), x.numel() * element_size(x.dtype()), read);
    read();
    return true;
}

}  // namespace irs
