#include "torch/kernels.h"

#include <dlfcn.h>

#include "cuda_api.h"
#include "error.h"
#include "fp8_rows.h"
#include "gated_residual.h"
#include "guidance.h"
#include "irscale.h"
#include "layer_norm_modulate.h"
#include "lora_merge.h"
#include "qk_norm_rope.h"
#include "switches.h"
#include "torch/rows.h"
#include "transition.h"

namespace irs::kernels {

namespace {

struct Cuda {
    decltype(&irs_cuda_layer_norm_modulate) layer_norm_modulate;
    decltype(&irs_cuda_gated_residual) gated_residual;
    decltype(&irs_cuda_qk_norm_rope) qk_norm_rope;
    decltype(&irs_cuda_lora_merge) lora_merge;
    decltype(&irs_cuda_transition) transition;
    decltype(&irs_cuda_guidance) guidance;
    decltype(&irs_cuda_clip_preprocess) clip_preprocess;
    decltype(&irs_cuda_fp8_rows) fp8_rows;
    decltype(&irs_cuda_capability) capability;
    int (*stream)(int32_t device, void** out);  // libtorch's current one
};

template <typename Function>
bool find(Function& slot, void* library, const char* name) {
    slot = reinterpret_cast<Function>(dlsym(library, name));
    return slot != nullptr;
}

// Null without a CUDA build of libtorch or without the library.
const Cuda* load() {
    static Cuda cuda{};
    Dl_info here{};
    if (!torch::has_cuda() || dladdr(reinterpret_cast<void*>(&irs_abi_version), &here) == 0) return nullptr;
    const std::string path = here.dli_fname;
    const std::string beside = path.substr(0, path.rfind('/') + 1) + "libirscale_cuda.so";
    void* library = dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL);
    const bool whole = library != nullptr &&
                       find(cuda.layer_norm_modulate, library, "irs_cuda_layer_norm_modulate") &&
                       find(cuda.gated_residual, library, "irs_cuda_gated_residual") &&
                       find(cuda.qk_norm_rope, library, "irs_cuda_qk_norm_rope") &&
                       find(cuda.lora_merge, library, "irs_cuda_lora_merge") &&
                       find(cuda.transition, library, "irs_cuda_transition") &&
                       find(cuda.guidance, library, "irs_cuda_guidance") &&
                       find(cuda.clip_preprocess, library, "irs_cuda_clip_preprocess") &&
                       find(cuda.fp8_rows, library, "irs_cuda_fp8_rows") &&
                       find(cuda.capability, library, "irs_cuda_capability") &&
                       find(cuda.stream, RTLD_DEFAULT, "aoti_torch_get_current_cuda_stream");
    return whole ? &cuda : nullptr;
}

const Cuda* cuda() {
    static const Cuda* const loaded = load();
    return loaded;
}

int capability(Device device) { return cuda() == nullptr ? -1 : cuda()->capability(device.index); }

irs_cuda_stream stream_of(const Tensor& x) {
    const int32_t device = x.device().index;
    void* stream = nullptr;
    torch::check(cuda()->stream(device, &stream), "current CUDA stream");
    return {device, stream};
}

void launched(int code, const char* kernel) {
    if (code != 0) throw Error(IRS_INTERNAL, join(kernel, " on CUDA failed with code ", code));
}

int type_of(const Tensor& x) { return x.dtype() == DType::f32 ? 0 : 1; }

irs_cuda_rows cuda_rows(const Tensor& x) {
    const RowsOf<char> rows = rows_of<char>(x);
    return {rows.data, rows.batch, rows.tokens, rows.batch_stride, rows.row_stride};
}

irs_cuda_table cuda_table(const Modulations& by, size_t column) {
    const Tensor vectors = by.at(column);
    return {vectors.data(), static_cast<const int64_t*>(by.device_lines().data()), vectors.strides()[0]};
}

}  // namespace

bool serve(Device device, DType dtype) {
    // What the library was built for (cmake/Cuda.cmake); negative where the driver is too old for it.
    constexpr int kAmpere = 80;
    return (dtype == DType::f32 || dtype == DType::bf16) && (device.is_cpu() || capability(device) >= kAmpere);
}

bool multiplies_fp8(Device device) {
    constexpr int kAda = 89;
    return device.is_cpu() || capability(device) >= kAda;
}

bool suits_cudnn(Device device, DType dtype) {
    constexpr int kHopper = 90;
    return !device.is_cpu() && dtype == DType::bf16 && capability(device) >= kHopper;
}

void layer_norm_modulate(const Tensor& x, const Modulations& by, size_t scale, size_t shift, float eps,
                         const Tensor& out) {
    called(Kernel::layer_norm_modulate);
    const int64_t width = x.size(2);
    if (!x.device().is_cpu()) {
        launched(cuda()->layer_norm_modulate(type_of(x), cuda_rows(x), width, cuda_table(by, scale),
                                             cuda_table(by, shift), eps, cuda_rows(out), stream_of(x)),
                 "layer_norm_modulate");
        return;
    }
    by_type(x, [&](auto type) {
        using T = decltype(type);
        irs::layer_norm_modulate(rows_of<const T>(x), width, by.vectors<T>(scale), by.vectors<T>(shift), eps,
                                 rows_of<T>(out));
    });
}

void gated_residual(const Tensor& x, const Modulations& by, size_t gate, const Tensor& update, const Next* next) {
    called(Kernel::gated_residual);
    const int64_t width = x.size(2);
    if (!x.device().is_cpu()) {
        const irs_cuda_table of_gate = cuda_table(by, gate);
        const irs_cuda_table scale = next == nullptr ? of_gate : cuda_table(by, next->scale);
        const irs_cuda_table shift = next == nullptr ? of_gate : cuda_table(by, next->shift);
        const irs_cuda_rows out = next == nullptr ? irs_cuda_rows{} : cuda_rows(next->out);
        launched(cuda()->gated_residual(type_of(x), cuda_rows(x), width, of_gate, cuda_rows(update), scale, shift,
                                        next == nullptr ? 0.0F : next->eps, out, stream_of(x)),
                 "gated_residual");
        return;
    }
    by_type(x, [&](auto type) {
        using T = decltype(type);
        irs::gated_residual(rows_of<T>(x), width, by.vectors<T>(gate), rows_of<const T>(update));
    });
    if (next != nullptr) layer_norm_modulate(x, by, next->scale, next->shift, next->eps, next->out);
}

void qk_norm_rope(const Tensor& x, int64_t heads, const Tensor& weight, const Tensor& rope, int64_t first, float eps,
                  const Tensor& out) {
    called(Kernel::qk_norm_rope);
    const int64_t head_dim = weight.size(0);
    const auto* turns = static_cast<const float*>(rope.data()) + first * head_dim;
    if (!x.device().is_cpu()) {
        launched(cuda()->qk_norm_rope(type_of(x), cuda_rows(x), heads, head_dim, weight.data(), turns, eps,
                                      cuda_rows(out), stream_of(x)),
                 "qk_norm_rope");
        return;
    }
    by_type(x, [&](auto type) {
        using T = decltype(type);
        irs::qk_norm_rope(rows_of<const T>(x), heads, head_dim, static_cast<const T*>(weight.data()), turns, eps,
                          rows_of<T>(out));
    });
}

Tensor lora_merge(const Tensor& base, const Tensor& b, const Tensor& a, float scale) {
    called(Kernel::lora_merge);
    Tensor weight = Tensor::empty(base.shape(), base.dtype(), base.device());
    const int64_t out = base.size(0), in = base.size(1), rank = a.size(0);
    const auto *thin_b = static_cast<const float*>(b.data()), *thin_a = static_cast<const float*>(a.data());
    if (!base.device().is_cpu()) {
        launched(cuda()->lora_merge(type_of(base), base.data(), out, in, thin_b, thin_a, rank, scale, weight.data(),
                                    stream_of(base)),
                 "lora_merge");
        return weight;
    }
    by_type(base, [&](auto type) {
        using T = decltype(type);
        irs::lora_merge(static_cast<const T*>(base.data()), out, in, thin_b, thin_a, rank, scale,
                        static_cast<T*>(weight.data()));
    });
    return weight;
}

void transition(const Tensor& x, const Tensor& v, const Tensor& z, const Factors& by, bool rounded, const Tensor& out) {
    called(Kernel::transition);
    const int64_t n = x.size(0), count = n == 0 ? 0 : x.numel() / n;
    const void* velocity = v ? v.data() : nullptr;
    const auto* noise = static_cast<const float*>(z ? z.data() : nullptr);
    if (!x.device().is_cpu()) {
        std::vector<float> factors = by.a;
        factors.insert(factors.end(), by.b.begin(), by.b.end());
        factors.insert(factors.end(), by.c.begin(), by.c.end());
        const Tensor there = Tensor::of(factors, {static_cast<int64_t>(factors.size())}, x.device());
        launched(cuda()->transition(type_of(x), v ? type_of(v) : 0, x.data(), velocity, noise, n, count,
                                    static_cast<const float*>(there.data()), rounded ? 1 : 0, out.data(), stream_of(x)),
                 "transition");
        return;
    }
    by_type(x, [&](auto type) {
        using T = decltype(type);
        by_type(v ? v : x, [&](auto of_v) {
            irs::transition(static_cast<const T*>(x.data()), static_cast<const decltype(of_v)*>(velocity), noise, n, count,
                            by.a.data(), by.b.data(), by.c.data(), rounded, static_cast<T*>(out.data()));
        });
    });
}

void guidance(const Tensor& v, const std::vector<int64_t>& negative, const std::vector<float>& scale, const Tensor& out) {
    called(Kernel::guidance);
    const int64_t n = out.size(0), count = out.numel() / n;
    if (!v.device().is_cpu()) {
        const Tensor there = Tensor::of(negative, {n}, v.device()), by = Tensor::of(scale, {n}, v.device());
        launched(cuda()->guidance(type_of(v), v.data(), n, count, static_cast<const int64_t*>(there.data()),
                                  static_cast<const float*>(by.data()), out.data(), stream_of(v)),
                 "guidance");
        return;
    }
    by_type(v, [&](auto type) {
        using T = decltype(type);
        irs::guidance(static_cast<const T*>(v.data()), n, count, negative.data(), scale.data(), static_cast<T*>(out.data()));
    });
}

Fp8Rows fp8_rows(const Tensor& x) {
    const int64_t width = x.size(1), rows = x.size(0);
    Fp8Rows out{Tensor::empty(x.shape(), DType::f8_e4m3, x.device()), Tensor::empty({rows, 1}, DType::f32, x.device())};
    auto* values = static_cast<uint8_t*>(out.values.data());
    auto* scales = static_cast<float*>(out.scales.data());
    if (!x.device().is_cpu()) {
        launched(cuda()->fp8_rows(type_of(x), x.data(), rows, width, values, scales, stream_of(x)), "fp8_rows");
        return out;
    }
    by_type(x, [&](auto type) {
        irs::fp8_rows(static_cast<const decltype(type)*>(x.data()), rows, width, values, scales);
    });
    return out;
}

namespace {

// The taps on a device, and the tensors that hold them.
struct DeviceTaps {
    Tensor first, weights;
    irs_cuda_taps taps;

    DeviceTaps(const Taps& host, Device device)
        : first(Tensor::of(host.first, {static_cast<int64_t>(host.first.size())}, device)),
          weights(Tensor::of(host.weights, {static_cast<int64_t>(host.weights.size())}, device)),
          taps{static_cast<int64_t>(host.first.size()), host.most, static_cast<const int64_t*>(first.data()),
               static_cast<const float*>(weights.data())} {}
};

}  // namespace

Tensor clip_preprocess(const Tensor& images, const Taps& rows, const Taps& columns, const float* mean, const float* std) {
    called(Kernel::clip_preprocess);
    const int64_t n = images.size(0), height = images.size(2), width = images.size(3);
    const Shape shape{n, 3, static_cast<int64_t>(rows.first.size()), static_cast<int64_t>(columns.first.size())};
    Tensor out = Tensor::empty(shape, DType::f32, images.device());
    auto* to = static_cast<float*>(out.data());
    if (!images.device().is_cpu()) {
        const DeviceTaps of_rows(rows, images.device()), of_columns(columns, images.device());
        launched(cuda()->clip_preprocess(type_of(images), images.data(), n, height, width, of_rows.taps, of_columns.taps,
                                         mean, std, to, stream_of(images)),
                 "clip_preprocess");
        return out;
    }
    by_type(images, [&](auto type) {
        irs::clip_preprocess(static_cast<const decltype(type)*>(images.data()), n, height, width, rows, columns, mean, std, to);
    });
    return out;
}

}  // namespace irs::kernels
