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

inline Device device_of(int32_t device) {
    if (device < 0) return Device{IRS_CPU};
    require(torch::has_cuda(), "device cuda:", device, " needs a CUDA build of libtorch");
    const int32_t count = irs_cuda_device_count();
    require(device < count, "cuda:", device, " does not exist, the driver shows ", count, " devices");
    return Device{device};
}

// What models compute in.
inline DType model_dtype(int32_t dtype) {
    const auto type = static_cast<DType>(dtype);
    require(type == DType::f32 || type == DType::bf16, "models compute in f32 or bf16, not in dtype ", dtype);
    return type;
}

inline void publish(irs_tensor** out, const Tensor& x) { *out = new irs_tensor(x); }

}  // namespace irs
