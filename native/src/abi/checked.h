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

// Sizes of a tensor: at most 8, whose product a 64-bit integer holds.
inline Shape shape_of(int32_t ndim, const int64_t* sizes) {
    constexpr int32_t kMaxDims = 8;
    require(ndim >= 0 && ndim <= kMaxDims, "ndim is ", ndim, ", expected 0 to ", kMaxDims);
    require(ndim == 0 || sizes != nullptr, "sizes is NULL");
    int64_t count = 1;
    for (int32_t d = 0; d < ndim; d++) {
        require(sizes[d] >= 0 && !__builtin_mul_overflow(count, sizes[d], &count), "size ", sizes[d], " of dimension ", d,
                " is negative or overflows");
    }
    return Shape(sizes, sizes + ndim);
}

// What models compute in.
inline DType model_dtype(int32_t dtype) {
    const auto type = static_cast<DType>(dtype);
    require(type == DType::f32 || type == DType::bf16, "models compute in f32 or bf16, not in dtype ", dtype);
    return type;
}

inline void publish(irs_tensor** out, const Tensor& x) { *out = new irs_tensor(x); }

}  // namespace irs
