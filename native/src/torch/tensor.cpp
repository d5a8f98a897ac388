#include "torch/tensor.h"

#include "error.h"

namespace irs {

using torch::api;
using torch::check;

namespace {

constexpr int32_t kCpu = 0;   // aoti_torch_device_type_cpu()
constexpr int32_t kCuda = 1;  // aoti_torch_device_type_cuda()

int32_t device_type(Device device) { return device.is_cpu() ? kCpu : kCuda; }
int32_t device_index(Device device) { return device.is_cpu() ? 0 : device.index; }

Shape contiguous_strides(const Shape& shape) {
    Shape strides(shape.size());
    int64_t stride = 1;
    for (size_t d = shape.size(); d-- > 0;) {
        strides[d] = stride;
        stride *= shape[d];
    }
    return strides;
}

}  // namespace

namespace {

struct TypeInfo {
    DType dtype;
    const char* name;
    int64_t bytes;
    bool real;
};

constexpr TypeInfo kTypes[] = {
    {DType::u8, "u8", 1, false},          {DType::i8, "i8", 1, false},          {DType::i16, "i16", 2, false},
    {DType::i32, "i32", 4, false},        {DType::i64, "i64", 8, false},        {DType::f16, "f16", 2, true},
    {DType::f32, "f32", 4, true},         {DType::f64, "f64", 8, true},         {DType::c64, "c64", 8, false},
    {DType::boolean, "bool", 1, false},   {DType::bf16, "bf16", 2, true},       {DType::f8_e5m2, "f8_e5m2", 1, true},
    {DType::f8_e4m3, "f8_e4m3", 1, true}, {DType::u16, "u16", 2, false},        {DType::u32, "u32", 4, false},
    {DType::u64, "u64", 8, false},        {DType::f8_e8m0, "f8_e8m0", 1, false}};

const TypeInfo* info(DType dtype) {
    for (const TypeInfo& type : kTypes) {
        if (type.dtype == dtype) return &type;
    }
    return nullptr;
}

}  // namespace

int64_t element_size(DType dtype) {
    if (const TypeInfo* type = info(dtype)) return type->bytes;
    std::string known;
    for (const TypeInfo& type : kTypes) known += join(known.empty() ? "" : ", ", type.name, " ", static_cast<int32_t>(type.dtype));
    throw Error(IRS_INVALID_ARGUMENT, join("dtype ", static_cast<int32_t>(dtype), " is none of ", known));
}

const char* name(DType dtype) {
    const TypeInfo* type = info(dtype);
    return type == nullptr ? "unknown dtype" : type->name;
}

bool is_float(DType dtype) {
    const TypeInfo* type = info(dtype);
    return type != nullptr && type->real;
}

std::string to_string(const Shape& shape) {
    std::string out = "[";
    for (size_t d = 0; d < shape.size(); d++) out += join(d == 0 ? "" : ", ", shape[d]);
    return out + "]";
}

Tensor::Tensor(const Tensor& other) : handle_(other.handle_ == nullptr ? nullptr : other.duplicate()) {}

Tensor& Tensor::operator=(Tensor other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

Tensor::~Tensor() {
    if (handle_ != nullptr) api().delete_tensor_object(handle_);
}

Tensor Tensor::wrap(void* data, const Shape& shape, DType dtype) {
    const Shape strides = contiguous_strides(shape);
    torch::Handle out = nullptr;
    check(api().create_tensor_from_blob(data, static_cast<int64_t>(shape.size()), shape.data(), strides.data(), 0,
                                        static_cast<int32_t>(dtype), kCpu, 0, &out),
          "wrap host memory");
    return Tensor(out);
}

Tensor Tensor::empty(const Shape& shape, DType dtype, Device device) {
    const Shape strides = contiguous_strides(shape);
    torch::Handle out = nullptr;
    check(api().empty_strided(static_cast<int64_t>(shape.size()), shape.data(), strides.data(),
                              static_cast<int32_t>(dtype), device_type(device), device_index(device), &out),
          "allocate");
    return Tensor(out);
}

namespace {

template <typename T>
Tensor copy_of(const std::vector<T>& values, const Shape& shape, DType dtype, Device device) {
    Tensor out = Tensor::empty(shape, dtype, device);
    // Without waiting for what the device still has to do: cudaMemcpyAsync has read pageable memory when it returns, so that
    // the vector may go away right after. Every step copies some bytes so.
    const Tensor host = Tensor::wrap(const_cast<T*>(values.data()), shape, dtype);
    check(api().copy_(out.get(), host.get(), 1), "copy to the device");
    return out;
}

}  // namespace

Tensor Tensor::of(const std::vector<float>& values, const Shape& shape, Device device) {
    return copy_of(values, shape, DType::f32, device);
}

Tensor Tensor::of(const std::vector<int64_t>& values, const Shape& shape, Device device) {
    return copy_of(values, shape, DType::i64, device);
}

Tensor Tensor::scalar(float value) {
    torch::Handle out = nullptr;
    check(api().scalar_to_tensor(value, &out), "make a scalar");
    return Tensor(out);
}

torch::Handle Tensor::duplicate() const {
    torch::Handle out = nullptr;
    check(api().new_tensor_handle(handle_, &out), "share a tensor");
    return out;
}

int64_t Tensor::dim() const {
    int64_t out = 0;
    check(api().get_dim(handle_, &out), "dim");
    return out;
}

Shape Tensor::shape() const {
    int64_t* sizes = nullptr;
    check(api().get_sizes(handle_, &sizes), "sizes");
    return Shape(sizes, sizes + dim());
}

int64_t Tensor::size(int64_t d) const {
    const Shape all = shape();
    return all.at(static_cast<size_t>(d < 0 ? d + static_cast<int64_t>(all.size()) : d));
}

int64_t Tensor::numel() const {
    int64_t n = 1;
    for (const int64_t size : shape()) n *= size;
    return n;
}

DType Tensor::dtype() const {
    int32_t out = 0;
    check(api().get_dtype(handle_, &out), "dtype");
    return static_cast<DType>(out);
}

Device Tensor::device() const {
    int32_t type = 0;
    int32_t index = 0;
    check(api().get_device_type(handle_, &type), "device type");
    check(api().get_device_index(handle_, &index), "device index");
    return type == kCpu ? Device{} : Device{index < 0 ? 0 : index};
}

Shape Tensor::strides() const {
    int64_t* out = nullptr;
    check(api().get_strides(handle_, &out), "strides");
    return Shape(out, out + dim());
}

Tensor Tensor::view(const Shape& sizes, const Shape& strides, int64_t offset) const {
    torch::Handle out = nullptr;
    check(api().reinterpret_tensor(handle_, static_cast<int64_t>(sizes.size()), sizes.data(), strides.data(), offset, &out),
          "view");
    return Tensor(out);
}

bool Tensor::is_contiguous() const {
    const Shape strides = this->strides();
    const Shape sizes = shape();
    const Shape wanted = contiguous_strides(sizes);
    for (size_t d = 0; d < sizes.size(); d++) {
        if (sizes[d] != 1 && strides[d] != wanted[d]) return false;
    }
    return true;
}

void* Tensor::data() const {
    void* out = nullptr;
    check(api().get_data_ptr(handle_, &out), "data pointer");
    return out;
}

Tensor Tensor::to(Device device, DType dtype) const {
    return this->device() == device && this->dtype() == dtype ? *this : copy(device, dtype);
}

Tensor Tensor::copy(Device device, DType dtype) const {
    Tensor out = empty(shape(), dtype, device);
    check(api().copy_(out.get(), handle_, 0), "convert");
    return out;
}

void Tensor::fill_from(const Tensor& other) const { check(api().copy_(handle_, other.get(), 0), "overwrite"); }

GradMode::GradMode(bool enabled) : before_(api().grad_mode_is_enabled()) { api().grad_mode_set_enabled(enabled); }

namespace {
thread_local bool is_recording = false;
}

bool recording() { return is_recording; }
void set_recording(bool enabled) { is_recording = enabled; }
bool outside_graph() { return !is_recording && !api().grad_mode_is_enabled(); }

GradMode::~GradMode() { api().grad_mode_set_enabled(before_); }

}  // namespace irs
