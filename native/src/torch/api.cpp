#include "torch/api.h"

#include <dlfcn.h>

#include <cstdlib>
#include <mutex>
#include <string_view>

#include "error.h"
#include "torch/messages.h"

namespace irs::torch {

namespace {

constexpr uint64_t kOldest = (2ull << 56) | (10ull << 48);

std::mutex mutex;
std::vector<std::string> opened;
Api table{};
bool bound = false;
bool cuda = false;

// Null where libtorch does not have it.
template <typename Function>
void find(Function& slot, const char* symbol) {
    slot = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, symbol));
}

template <typename Function>
void bind(Function& slot, const char* symbol) {
    find(slot, symbol);
    if (slot == nullptr) {
        throw Error(IRS_NOT_LOADED, join("libtorch (", opened.back(), ") has no symbol ", symbol,
                                         "; irscale needs libtorch 2.10 or newer"));
    }
}

void bind_all() {
    bind(table.abi_version, "aoti_torch_abi_version");
    bind(table.call_dispatcher, "torch_call_dispatcher");
    bind(table.create_tensor_from_blob, "aoti_torch_create_tensor_from_blob");
    bind(table.empty_strided, "aoti_torch_empty_strided");
    bind(table.new_tensor_handle, "aoti_torch_new_tensor_handle");
    bind(table.delete_tensor_object, "aoti_torch_delete_tensor_object");
    bind(table.get_data_ptr, "aoti_torch_get_data_ptr");
    bind(table.get_dim, "aoti_torch_get_dim");
    bind(table.get_sizes, "aoti_torch_get_sizes");
    bind(table.get_strides, "aoti_torch_get_strides");
    bind(table.get_dtype, "aoti_torch_get_dtype");
    bind(table.get_device_type, "aoti_torch_get_device_type");
    bind(table.get_device_index, "aoti_torch_get_device_index");
    bind(table.reinterpret_tensor, "aoti_torch__reinterpret_tensor");
    bind(table.copy_, "aoti_torch_copy_");
    bind(table.subtract, "aoti_torch_aten_subtract_Tensor");
    bind(table.scalar_to_tensor, "aoti_torch_scalar_to_tensor_float32");
    bind(table.new_list, "torch_new_list_reserve_size");
    bind(table.list_push_back, "torch_list_push_back");
    bind(table.delete_list, "torch_delete_list");
    bind(table.new_string, "torch_new_string_handle");
    bind(table.grad_mode_is_enabled, "aoti_torch_grad_mode_is_enabled");
    bind(table.grad_mode_set_enabled, "aoti_torch_grad_mode_set_enabled");
    bind(table.set_requires_grad, "torch_set_requires_grad");
    bind(table.is_defined, "aoti_torch_is_defined");
    bind(table.get_num_threads, "torch_get_num_threads");
    bind(table.parallel_for, "torch_parallel_for");
    find(table.exception_what, "torch_exception_get_what_without_backtrace");
    find(table.blas_set_threads, "openblas_set_num_threads");
    find(table.blas_threads, "openblas_get_num_threads");
    find(table.addmm, "aoti_torch_cuda_addmm_out");
    find(table.addmm_activation, "aoti_torch_cuda__addmm_activation");
    find(table.cudnn_attention, "aoti_torch_cuda__scaled_dot_product_cudnn_attention");
    find(table.scaled_mm, "aoti_torch_cuda__scaled_mm");
    find(table.grad_of, kGradOf);
}

// The bundled OpenBLAS has threads of its own. When they and libgomp's wait for work by spinning as long as they do by
// default, they starve each other: an f32 forward on two cores takes ten times as long. What the user set counts.
void shorten_spinning(const std::vector<std::string>& libraries) {
    for (const std::string& library : libraries) {
        const bool bundled = library.find("libopenblas") != std::string::npos;
        if (!bundled) continue;
        if (std::getenv("OMP_WAIT_POLICY") == nullptr) setenv("GOMP_SPINCOUNT", "3000", 0);
        setenv("OPENBLAS_THREAD_TIMEOUT", "18", 0);  // 2^18 cycles rather than 2^26
    }
}

// c10's allocators, std::bad_alloc, and what CUDA's libraries call a workspace that does not fit.
bool is_of_memory(std::string_view reason) {
    for (const std::string_view sign : {"out of memory", "can't allocate memory", "not enough memory", "std::bad_alloc",
                                        "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED",
                                        "could not create a memory object"}) {
        if (reason.find(sign) != std::string_view::npos) return true;
    }
    return false;
}

// cuDNN's convolutions would round f32 to the 10 bits of TF32: parity and metrics ask for f32. What the user set counts.
void keep_f32() { setenv("NVIDIA_TF32_OVERRIDE", "0", 0); }

}  // namespace

void open(const std::vector<std::string>& libraries) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (bound) {
        if (libraries == opened) return;
        throw Error(IRS_NOT_LOADED, join("libtorch is already loaded from ", opened.back(), ", not from ",
                                         libraries.back(), "; one process can hold one libtorch"));
    }
    // What a failed attempt left loaded cannot be taken back, and must not be mixed with another libtorch.
    if (!opened.empty() && libraries != opened) {
        throw Error(IRS_NOT_LOADED, join("loading libtorch from ", opened.back(),
                                         " failed before in this process; restart it to try another"));
    }
    shorten_spinning(libraries);
    keep_f32();
    for (const std::string& library : libraries) {
        if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
            throw Error(IRS_NOT_LOADED, join("cannot load ", library, ": ", dlerror()));
        }
        opened = libraries;  // from the first one on there is no way back
    }
    bind_all();
    if (table.abi_version() < kOldest) {
        throw Error(IRS_NOT_LOADED, join("libtorch ", version(), " at ", opened.back(),
                                         " is too old; irscale needs 2.10 or newer"));
    }
    if (table.exception_what == nullptr) keep_reasons();
    cuda = dlsym(RTLD_DEFAULT, "aoti_torch_get_current_cuda_stream") != nullptr;
    bound = true;
}

const Api& api() {
    if (!bound) throw Error(IRS_NOT_LOADED, "libtorch is not loaded yet; call irs_torch_open first");
    return table;
}

std::string version() {
    const uint64_t packed = table.abi_version();  // major, minor, patch: one byte each from the top
    return join(packed >> 56 & 0xff, ".", packed >> 48 & 0xff, ".", packed >> 40 & 0xff);
}

bool has_cuda() { return cuda; }

void check(Code code, const char* what) {
    if (code == 0) return;
    const char* text = table.exception_what != nullptr ? table.exception_what() : nullptr;
    std::string reason = text != nullptr ? text : take_reason();
    if (reason.empty()) reason = "see the message that libtorch wrote to stderr";
    throw Error(is_of_memory(reason) ? IRS_OUT_OF_MEMORY : IRS_INTERNAL, join(what, ": ", reason));
}

}  // namespace irs::torch
