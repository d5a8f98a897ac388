// irscale's C ABI for C++: objects that free themselves, and statuses as exceptions.
#pragma once

#include <irscale.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpu_check {

// A call that did not return IRS_OK.
struct Failure : std::runtime_error {
    Failure(irs_status code, const char* message) : std::runtime_error(message), status(code) {}
    irs_status status;
};

inline void check(irs_status status) {
    if (status != IRS_OK) throw Failure(status, irs_last_error());
}

template <typename T, void (*Free)(T*)>
struct Release {
    void operator()(T* object) const { Free(object); }
};

using Tensor = std::unique_ptr<irs_tensor, Release<irs_tensor, irs_tensor_free>>;
using Weights = std::unique_ptr<irs_weights, Release<irs_weights, irs_weights_free>>;
using Trace = std::unique_ptr<irs_trace, Release<irs_trace, irs_trace_free>>;
using Lora = std::unique_ptr<irs_lora, Release<irs_lora, irs_lora_free>>;
using Clip = std::unique_ptr<irs_clip, Release<irs_clip, irs_clip_free>>;
using T5 = std::unique_ptr<irs_t5, Release<irs_t5, irs_t5_free>>;
using Flux = std::unique_ptr<irs_flux, Release<irs_flux, irs_flux_free>>;
using Plan = std::unique_ptr<irs_plan, Release<irs_plan, irs_plan_free>>;
using Vae = std::unique_ptr<irs_vae, Release<irs_vae, irs_vae_free>>;

// The object that a function of the ABI makes from the arguments.
template <typename Owner, typename Function, typename... Arguments>
Owner make(Function function, Arguments... arguments) {
    typename Owner::pointer out = nullptr;
    check(function(&out, arguments...));
    return Owner(out);
}

using Shape = std::vector<int64_t>;

// The same values in a storage of their own.
inline Tensor copy_of(const Tensor& x) {
    const irs_tensor* const parts[] = {x.get()};
    return make<Tensor>(irs_tensor_concat_rows, 1, static_cast<const irs_tensor* const*>(parts));
}

// A copy of host values on a device.
inline Tensor tensor_of(const std::vector<float>& values, const Shape& shape, int32_t device, int32_t dtype = IRS_DTYPE_F32) {
    // The ABI does not write through it.
    auto* const data = const_cast<float*>(values.data());
    const Tensor host = make<Tensor>(irs_tensor_wrap, static_cast<void*>(data), static_cast<int64_t>(values.size() * sizeof(float)),
                                     IRS_DTYPE_F32, static_cast<int32_t>(shape.size()), shape.data());
    return make<Tensor>(irs_tensor_convert, copy_of(host).get(), device, dtype);
}

inline int64_t count_of(const Shape& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return count;
}

inline Tensor zeros(const Shape& shape, int32_t device, int32_t dtype) {
    return tensor_of(std::vector<float>(static_cast<size_t>(count_of(shape)), 0), shape, device, dtype);
}

inline Shape shape_of(const Tensor& x) {
    int32_t dtype = 0, device = 0, ndim = 0;
    int64_t sizes[8] = {};
    check(irs_tensor_describe(&dtype, &device, &ndim, sizes, x.get()));
    return Shape(sizes, sizes + ndim);
}

// The values of a tensor of any device and dtype; waits for the device.
inline std::vector<float> values_of(const Tensor& x) {
    const Tensor host = make<Tensor>(irs_tensor_convert, x.get(), IRS_CPU, IRS_DTYPE_F32);
    std::vector<float> values(static_cast<size_t>(count_of(shape_of(x))));
    check(irs_tensor_read(values.data(), static_cast<int64_t>(values.size() * sizeof(float)), host.get()));
    return values;
}

inline Tensor rows_of(const Tensor& x, int64_t begin, int64_t n) { return make<Tensor>(irs_tensor_slice_rows, x.get(), begin, n); }

// Reading from a device waits for what it was asked before.
inline void wait_for(const Tensor& x) { values_of(rows_of(x, 0, 1)); }

struct CudaDevice {
    std::string name;
    int64_t bytes;
    int32_t major, minor; // of the compute capability
};

inline CudaDevice cuda_device(int32_t index) {
    char name[256] = {};
    CudaDevice out{};
    check(irs_cuda_device_describe(name, sizeof name, &out.bytes, &out.major, &out.minor, index));
    out.name = name;
    return out;
}

}  // namespace gpu_check
