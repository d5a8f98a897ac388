// Checks of pointers at the C boundary.
#pragma once

#include "error.h"
#include "handles.h"

namespace irs {

template <typename T>
T& checked(T* pointer, const char* name) {
    require(pointer != nullptr, name, " is NULL");
    return *pointer;
}

// A handle's value.
template <typename T>
auto& value(T* handle, const char* name) {
    return checked(handle, name).value;
}

inline void publish(irs_tensor** out, const Tensor& x) { *out = new irs_tensor(x); }

}  // namespace irs
