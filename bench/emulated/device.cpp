// A CUDA device for libtorch that is the CPU: two of them, whose memory is the host's. An operator on their tensors runs the
// CPU's kernel on aliases of the same memory. Fresh memory is full of NaN, and tensors of different devices in one operator
// are refused, as on a real device. EMULATED_MOST_BYTES refuses larger pieces of memory, as a device without so much does.
#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "device.h"

// By which the autograd engine finds an accelerator; libtorch looks for the name.
namespace at {

struct CUDAHooks final : CUDAHooksInterface {
    explicit CUDAHooks(CUDAHooksArgs) {}
    void init() const override {}
    bool hasCUDA() const override { return true; }
    bool isBuilt() const override { return true; }
    bool isAvailable() const override { return true; }
    bool hasPrimaryContext(DeviceIndex) const override { return true; }
    int getNumGPUs() const override { return emulated::kDevices; }
    DeviceIndex deviceCount() const override { return emulated::kDevices; }
};

REGISTER_CUDA_HOOKS(CUDAHooks);

}  // namespace at

namespace emulated {

namespace {

thread_local c10::DeviceIndex current = 0;

struct Memory final : c10::Allocator {
    c10::DataPtr allocate(size_t bytes) override {
        static const char* const given = std::getenv("EMULATED_MOST_BYTES");
        static const size_t most = given == nullptr ? SIZE_MAX : std::strtoull(given, nullptr, 10);
        TORCH_CHECK_WITH(OutOfMemoryError, bytes <= most, "CUDA out of memory. Tried to allocate ", bytes, " bytes");
        void* data = nullptr;
        if (bytes > 0 && posix_memalign(&data, 512, bytes) != 0) throw std::bad_alloc();
        if (data != nullptr) std::memset(data, 0xff, bytes);
        return {data, data, &std::free, c10::Device(c10::kCUDA, current)};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &std::free; }
    void copy_data(void* to, const void* from, size_t bytes) const override { std::memcpy(to, from, bytes); }
};

Memory memory;

struct Guard final : c10::impl::DeviceGuardImplInterface {
    c10::DeviceType type() const override { return c10::kCUDA; }
    c10::Device getDevice() const override { return c10::Device(c10::kCUDA, current); }
    c10::Device exchangeDevice(c10::Device device) const override {
        const c10::Device before = getDevice();
        current = device.index();
        return before;
    }
    void setDevice(c10::Device device) const override { current = device.index(); }
    void uncheckedSetDevice(c10::Device device) const noexcept override { current = device.index(); }
    c10::Stream getStream(c10::Device device) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
    c10::Stream exchangeStream(c10::Stream stream) const override { return stream; }
    c10::DeviceIndex deviceCount() const noexcept override { return kDevices; }
};

C10_REGISTER_GUARD_IMPL(CUDA, Guard);

void operate(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
    const std::string& name = op.schema().name();
    std::vector<std::pair<at::Tensor, at::Tensor>> pairs;  // the device's and its alias
    c10::Device device(c10::kCUDA, current);
    const auto inward = [&](const at::Tensor& x) {
        if (!x.defined()) return x;
        if (!x.is_cuda()) {
            TORCH_CHECK(x.dim() == 0, name, ": a tensor of the CPU among the device's");
            return x;
        }
        TORCH_CHECK(pairs.empty() || x.device() == device, name, ": tensors of two devices");
        device = x.device();
        for (const auto& [own, alias] : pairs) {
            if (own.is_same(x)) return alias;
        }
        pairs.emplace_back(x, alias_of(x, c10::kCPU));
        return pairs.back().second;
    };
    const auto outward = [&](const at::Tensor& x) {
        if (!x.defined()) return x;
        for (auto& [own, alias] : pairs) {
            if (!alias.is_same(x)) continue;
            // An output that the operator gave another size.
            if (own.sizes() != x.sizes()) {
                own.unsafeGetTensorImpl()->set_storage_keep_dtype(alias_of(x, device).storage());
                own.unsafeGetTensorImpl()->set_sizes_and_strides(x.sizes(), x.strides(), x.storage_offset());
            }
            return own;
        }
        return alias_of(x, device);
    };
    const auto each = [](c10::IValue& value, const auto& move) {
        if (value.isTensor()) {
            value = move(value.toTensor());
        } else if (value.isTensorList()) {
            std::vector<at::Tensor> moved;
            for (const at::Tensor& x : value.toTensorVector()) moved.push_back(move(x));
            value = c10::IValue(moved);
        }
    };
    for (size_t i = stack->size() - op.schema().arguments().size(); i < stack->size(); i++) {
        c10::IValue& value = (*stack)[i];
        if (value.isDevice() && value.toDevice().is_cuda()) {
            device = value.toDevice();
            value = c10::Device(c10::kCPU);
        }
        each(value, inward);
    }
    op.callBoxed(stack);
    for (size_t i = stack->size() - op.schema().returns().size(); i < stack->size(); i++) each((*stack)[i], outward);
}

constexpr c10::DispatchKeySet kKey(c10::DispatchKey::CUDA);

at::Tensor empty(at::IntArrayRef sizes, std::optional<at::ScalarType> type, std::optional<at::Layout>,
                 std::optional<at::Device> device, std::optional<bool>, std::optional<at::MemoryFormat> format) {
    const c10::OptionalDeviceGuard guard(device);
    return at::detail::empty_generic(sizes, &memory, kKey, type.value_or(at::kFloat), format);
}

at::Tensor empty_strided(at::IntArrayRef sizes, at::IntArrayRef strides, std::optional<at::ScalarType> type,
                         std::optional<at::Layout>, std::optional<at::Device> device, std::optional<bool>) {
    const c10::OptionalDeviceGuard guard(device);
    return at::detail::empty_strided_generic(sizes, strides, &memory, kKey, type.value_or(at::kFloat));
}

at::Tensor& copy(at::Tensor& self, const at::Tensor& from, bool) {
    at::Tensor to = self.is_cuda() ? alias_of(self, c10::kCPU) : self;
    to.copy_(from.is_cuda() ? alias_of(from, c10::kCPU) : from);
    return self;
}

at::Scalar item(const at::Tensor& x) { return alias_of(x, c10::kCPU).item(); }

TORCH_LIBRARY_IMPL(_, CUDA, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&operate>()); }

TORCH_LIBRARY_IMPL(aten, CUDA, m) {
    m.impl("empty.memory_format", &empty);
    m.impl("empty_strided", &empty_strided);
    m.impl("copy_", &copy);
    m.impl("_local_scalar_dense", &item);
}

const bool registered = [] {
    c10::SetAllocator(c10::kCUDA, &memory);
    return true;
}();

}  // namespace

at::Tensor alias_of(const at::Tensor& x, c10::Device device) {
    if (!x.defined()) return x;
    auto* const owner = new c10::Storage(x.storage());
    c10::DataPtr data(x.storage().mutable_data(), owner, [](void* kept) { delete static_cast<c10::Storage*>(kept); }, device);
    c10::Allocator* const allocator = device.is_cpu() ? c10::GetCPUAllocator() : &memory;
    c10::Storage storage(c10::Storage::use_byte_size_t(), x.storage().nbytes(), std::move(data), allocator, true);
    const c10::DispatchKey key = device.is_cpu() ? c10::DispatchKey::CPU : c10::DispatchKey::CUDA;
    at::Tensor out = at::detail::make_tensor<c10::TensorImpl>(std::move(storage), c10::DispatchKeySet(key), x.dtype());
    c10::TensorImpl* const impl = out.unsafeGetTensorImpl();
    impl->set_sizes_and_strides(x.sizes(), x.strides(), x.storage_offset());
    if (x.unsafeGetTensorImpl()->is_wrapped_number()) impl->set_wrapped_number(true);
    if (x.is_conj()) out._set_conj(true);  // how the gradient of a rotation turns back
    if (x.is_neg()) out._set_neg(true);
    return out;
}

}  // namespace emulated
