#include "error.h"

namespace irs {

namespace {
thread_local std::string last;
}

const char* last_error() noexcept { return last.c_str(); }

void set_last_error(const char* message) noexcept {
    try {
        last = message;
        // One line: callers print it as it is.
        for (char& c : last) {
            if (c == '\n' || c == '\r') c = ' ';
        }
    } catch (...) {
        last.clear();
    }
}

}  // namespace irs
