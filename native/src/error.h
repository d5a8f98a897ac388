// Errors inside the native layer: thrown as irs::Error, turned into a status at the C boundary.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

#include "irscale.h"

namespace irs {

class Error : public std::runtime_error {
public:
    Error(irs_status code, const std::string& message) : std::runtime_error(message), status(code) {}
    const irs_status status;
};

template <typename... Parts>
std::string join(const Parts&... parts) {
    std::ostringstream out;
    (out << ... << parts);
    return out.str();
}

// Refuses a caller's argument: one line with the thing, its value and the limit.
template <typename... Parts>
void require(bool ok, const Parts&... parts) {
    if (!ok) throw Error(IRS_INVALID_ARGUMENT, join(parts...));
}

const char* last_error() noexcept;
void set_last_error(const char* message) noexcept;

// Runs `body` and turns whatever it throws into a status and this thread's last error.
template <typename Body>
irs_status guard(Body&& body) noexcept {
    try {
        body();
        return IRS_OK;
    } catch (const Error& e) {
        set_last_error(e.what());
        return e.status;
    } catch (const std::bad_alloc&) {
        set_last_error("the host has too little free memory");
        return IRS_OUT_OF_MEMORY;
    } catch (const std::invalid_argument& e) { // of a kernel, which knows no status
        set_last_error(e.what());
        return IRS_INVALID_ARGUMENT;
    } catch (const std::exception& e) {
        set_last_error(e.what());
        return IRS_INTERNAL;
    } catch (...) {
        set_last_error("unknown C++ exception");
        return IRS_INTERNAL;
    }
}

}  // namespace irs
