// The functions that irscale calls of CUDA alone, by name: libtorch_cuda's, the runtime's and the driver's. They refuse what
// the real ones refuse of what irscale could get wrong.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/csrc/inductor/aoti_torch/utils.h>

#include <cstdlib>
#include <cstring>

#include "device.h"

namespace {

using torch::aot_inductor::new_tensor_handle;
using torch::aot_inductor::tensor_handle_to_tensor_pointer;

at::Tensor there(AtenTensorHandle handle) {
    const at::Tensor& x = *tensor_handle_to_tensor_pointer(handle);
    TORCH_CHECK(x.is_cuda(), "expected a tensor on the device");
    return emulated::alias_of(x, c10::kCPU);
}

// A result for the device of one of the arguments.
AtenTensorHandle back(const at::Tensor& x, AtenTensorHandle like) {
    return new_tensor_handle(emulated::alias_of(x, tensor_handle_to_tensor_pointer(like)->device()));
}

AtenTensorHandle none() { return new_tensor_handle(at::Tensor()); }

// 90 for 9.0, a Hopper, unless EMULATED_CAPABILITY says otherwise.
int capability() {
    const char* const given = std::getenv("EMULATED_CAPABILITY");
    return given == nullptr ? 90 : std::atoi(given);
}

template <typename Call>
AOTITorchError guarded(const Call& call) {
    AOTI_TORCH_CONVERT_EXCEPTION_TO_ERROR_CODE({
        const c10::AutoGradMode no_graph(false);
        call();
    });
}

}  // namespace

extern "C" {

AOTITorchError aoti_torch_get_current_cuda_stream(int32_t, void** stream) {
    *stream = nullptr;
    return AOTI_TORCH_SUCCESS;
}

AOTITorchError aoti_torch_cuda_addmm_out(AtenTensorHandle out, AtenTensorHandle self, AtenTensorHandle a, AtenTensorHandle b,
                                         double beta, double alpha) {
    return guarded([&] {
        at::Tensor to = there(out);
        TORCH_CHECK(to.size(0) == there(a).size(0) && to.size(1) == there(b).size(1), "out would be given another size");
        at::addmm_out(to, there(self), there(a), there(b), beta, alpha);
    });
}

AOTITorchError aoti_torch_cuda__addmm_activation(AtenTensorHandle self, AtenTensorHandle a, AtenTensorHandle b, double beta,
                                                 double alpha, int32_t gelu, AtenTensorHandle* out) {
    return guarded([&] {
        const at::Tensor sum = at::addmm(there(self), there(a), there(b), beta, alpha);
        *out = back(gelu != 0 ? at::gelu(sum, "tanh") : at::relu(sum), a);
    });
}

AOTITorchError aoti_torch_cuda__scaled_dot_product_cudnn_attention(
    AtenTensorHandle q, AtenTensorHandle k, AtenTensorHandle v, AtenTensorHandle* bias, int32_t, double dropout, int32_t causal,
    int32_t, double* scale, AtenTensorHandle* out, AtenTensorHandle* sums, AtenTensorHandle* cum_q, AtenTensorHandle* cum_k,
    int64_t* max_q, int64_t* max_k, AtenTensorHandle* seed, AtenTensorHandle* offset, AtenTensorHandle* mask) {
    return guarded([&] {
        const at::ScalarType type = there(q).scalar_type();
        TORCH_CHECK(type == at::kBFloat16 || type == at::kHalf, "cuDNN's attention is for 16 bits");
        TORCH_CHECK(there(q).stride(-1) == 1 && there(k).stride(-1) == 1 && there(v).stride(-1) == 1, "heads lie side by side");
        TORCH_CHECK(bias == nullptr && dropout == 0, "no bias, no dropout");
        const std::optional<double> by = scale == nullptr ? std::nullopt : std::optional(*scale);
        const at::Tensor attended = at::scaled_dot_product_attention(there(q), there(k), there(v), {}, 0, causal != 0, by);
        // cuDNN writes in q's order: heads of a token side by side.
        *out = back(attended.transpose(1, 2).contiguous().transpose(1, 2), q);
        *sums = back(at::empty({1}), q);
        *seed = back(at::empty({1}), q);
        *offset = back(at::empty({1}), q);
        *cum_q = none();
        *cum_k = none();
        *mask = none();
        *max_q = *max_k = 0;
    });
}

AOTITorchError aoti_torch_cuda__scaled_mm(AtenTensorHandle a, AtenTensorHandle b, AtenTensorHandle scale_a,
                                          AtenTensorHandle scale_b, AtenTensorHandle* bias, AtenTensorHandle*, int32_t* dtype,
                                          int32_t, AtenTensorHandle* out) {
    return guarded([&] {
        const at::Tensor x = there(a), w = there(b), by_row = there(scale_a), by_column = there(scale_b);
        TORCH_CHECK(capability() >= 89, "products in FP8 are for compute capability 8.9 and more");
        TORCH_CHECK(x.stride(1) == 1 && w.stride(0) == 1, "a lies row by row, b column by column");
        TORCH_CHECK(x.size(1) % 16 == 0 && w.size(1) % 16 == 0, "sizes are multiples of 16");
        TORCH_CHECK(by_row.sizes() == at::IntArrayRef({x.size(0), 1}) && by_row.is_contiguous(), "a scale for each row");
        TORCH_CHECK(by_column.sizes() == at::IntArrayRef({1, w.size(1)}) && by_column.is_contiguous(), "and column");
        TORCH_CHECK(*dtype == static_cast<int32_t>(at::kBFloat16), "row by row, the result is in bf16");
        at::Tensor product = at::matmul(x.to(at::kFloat) * by_row, w.to(at::kFloat) * by_column);
        if (bias != nullptr) {
            TORCH_CHECK(there(*bias).scalar_type() == at::kBFloat16, "so is the bias");
            product = product + there(*bias).to(at::kFloat);
        }
        *out = back(product.to(at::kBFloat16), a);
    });
}

// The runtime's.
int cudaSetDevice(int device) { return device < emulated::kDevices ? 0 : 101; }
int cudaMemGetInfo(size_t* free, size_t* total) {
    *free = size_t{8} << 30;
    *total = size_t{16} << 30;
    return 0;
}

// The driver's.
int cuInit(unsigned) { return 0; }
int cuDeviceGetCount(int* count) {
    *count = emulated::kDevices;
    return 0;
}
int cuDeviceGet(int* handle, int device) {
    *handle = device;
    return 0;
}
int cuDeviceGetName(char* name, int capacity, int) {
    std::strncpy(name, "emulated", static_cast<size_t>(capacity));
    return 0;
}
int cuDeviceTotalMem_v2(size_t* bytes, int) {
    *bytes = size_t{16} << 30;
    return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
    constexpr int kMajor = 75;
    *value = attribute == kMajor ? capability() / 10 : capability() % 10;
    return 0;
}
}
