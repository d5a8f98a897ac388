// Tensor: an owned libtorch tensor handle with its shape. Copies share the storage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "torch/api.h"

namespace irs {

// PyTorch's ScalarType numbering.
enum class DType : int32_t {
    u8 = 0, i8 = 1, i16 = 2, i32 = 3, i64 = 4, f16 = 5, f32 = 6, f64 = 7, c64 = 9, boolean = 11, bf16 = 15, f8_e5m2 = 23,
    f8_e4m3 = 24, u16 = 27, u32 = 28, u64 = 29, f8_e8m0 = 44
};

// Throws for a number that is none of them.
int64_t element_size(DType dtype);
// Whether values are real numbers of floating point, which weights are made of.
bool is_float(DType dtype);
const char* name(DType dtype);

// -1 is the CPU, 0 and up a CUDA device.
struct Device {
    int32_t index = -1;
    bool is_cpu() const { return index < 0; }
    bool operator==(const Device& other) const { return index == other.index; }
};

using Shape = std::vector<int64_t>;

std::string to_string(const Shape& shape);

class Tensor {
public:
    Tensor() = default;
    explicit Tensor(torch::Handle owned) : handle_(owned) {}
    Tensor(const Tensor& other);
    Tensor(Tensor&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
    Tensor& operator=(Tensor other) noexcept;
    ~Tensor();

    // Borrows host memory: contiguous, alive as long as any tensor that shares it.
    static Tensor wrap(void* data, const Shape& shape, DType dtype);
    // Uninitialised and contiguous.
    static Tensor empty(const Shape& shape, DType dtype, Device device);
    // A copy of host values on `device`.
    static Tensor of(const std::vector<float>& values, const Shape& shape, Device device);
    static Tensor of(const std::vector<int64_t>& values, const Shape& shape, Device device);
    // 0-dim, fp32, on the CPU: keeps the dtype and the device of whatever it meets.
    static Tensor scalar(float value);

    explicit operator bool() const { return handle_ != nullptr; }
    torch::Handle get() const { return handle_; }
    // A second owned handle, for the dispatcher's stack.
    torch::Handle duplicate() const;

    int64_t dim() const;
    Shape shape() const;
    int64_t size(int64_t d) const;  // negative d counts from the end
    int64_t numel() const;
    DType dtype() const;
    Device device() const;
    Shape strides() const;  // in values
    // Other sizes and strides over the same storage, from `offset` values after this one's beginning. In no graph; the
    // caller sees to it that they stay within.
    Tensor view(const Shape& sizes, const Shape& strides, int64_t offset) const;
    bool is_contiguous() const;
    void* data() const;

    // To another device or dtype; shares the storage when nothing changes.
    Tensor to(Device device, DType dtype) const;
    // The same with a storage of its own.
    Tensor copy(Device device, DType dtype) const;
    Tensor to(DType dtype) const { return to(device(), dtype); }

    // Overwrites the values with those of another tensor of this shape.
    void fill_from(const Tensor& other) const;

private:
    torch::Handle handle_ = nullptr;
};

// Whether operators record an autograd graph while it lives; restores the thread's mode.
class GradMode {
public:
    explicit GradMode(bool enabled);
    ~GradMode();
    GradMode(const GradMode&) = delete;
    GradMode& operator=(const GradMode&) = delete;

private:
    bool before_;
};

struct NoGrad : GradMode {
    NoGrad() : GradMode(false) {}
};

// Whether this thread's forwards are recorded for training (irs_recording_set).
bool recording();
void set_recording(bool enabled);
// Whether nothing that runs now is or will be part of a graph, so that kernels and bare views serve.
bool outside_graph();

// For the stages that training goes through.
struct Recorded : GradMode {
    Recorded() : GradMode(recording()) {}
};

}  // namespace irs
