// libtorch's stable C ABI, bound at run time so that one binary serves every libtorch from 2.10 on.
// Prototypes: torch/csrc/inductor/aoti_torch/c/shim.h and torch/csrc/stable/c/shim.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace irs::torch {

using Handle = void*;  // AtenTensorHandle
using List = void*;    // StableListHandle
using String = void*;  // StringHandle
using Value = uint64_t;  // StableIValue
using Code = int32_t;  // AOTITorchError, 0 is success

struct Api {
    uint64_t (*abi_version)();
    Code (*call_dispatcher)(const char* op, const char* overload, Value* stack, uint64_t version);
    Code (*create_tensor_from_blob)(void* data, int64_t ndim, const int64_t* sizes, const int64_t* strides,
                                    int64_t offset, int32_t dtype, int32_t device_type, int32_t device_index,
                                    Handle* out);
    Code (*empty_strided)(int64_t ndim, const int64_t* sizes, const int64_t* strides, int32_t dtype,
                          int32_t device_type, int32_t device_index, Handle* out);
    Code (*new_tensor_handle)(Handle original, Handle* out);
    Code (*delete_tensor_object)(Handle tensor);
    Code (*get_data_ptr)(Handle tensor, void** out);
    Code (*get_dim)(Handle tensor, int64_t* out);
    Code (*get_sizes)(Handle tensor, int64_t** out);
    Code (*get_strides)(Handle tensor, int64_t** out);
    Code (*get_dtype)(Handle tensor, int32_t* out);
    Code (*get_device_type)(Handle tensor, int32_t* out);
    Code (*get_device_index)(Handle tensor, int32_t* out);
    // `offset` is from self's own beginning (inductor_ops.cpp, _reinterpret_tensor).
    Code (*reinterpret_tensor)(Handle self, int64_t ndim, const int64_t* sizes, const int64_t* strides, int64_t offset,
                               Handle* out);
    Code (*copy_)(Handle self, Handle source, int32_t non_blocking);
    Code (*subtract)(Handle self, Handle other, double alpha, Handle* out);
    Code (*scalar_to_tensor)(float value, Handle* out);
    Code (*new_list)(size_t reserve, List* out);
    Code (*list_push_back)(List list, Value element);
    Code (*delete_list)(List list);
    Code (*new_string)(const char* data, size_t length, String* out);
    bool (*grad_mode_is_enabled)();
    void (*grad_mode_set_enabled)(bool enabled);
    Code (*set_requires_grad)(Handle tensor, bool requires_grad);
    Code (*is_defined)(Handle tensor, bool* out);
    Code (*get_num_threads)(uint32_t* out);
    Code (*parallel_for)(int64_t begin, int64_t end, int64_t grain, void (*body)(int64_t, int64_t, void*),
                         void* context);
    // Of the bundled OpenBLAS; null elsewhere.
    void (*blas_set_threads)(int count);
    int (*blas_threads)();
    // From here on of CUDA builds alone; null elsewhere. out = beta self + alpha mat1 mat2; out may be self.
    Code (*addmm)(Handle out, Handle self, Handle mat1, Handle mat2, double beta, double alpha);
    // The same, then GELU or ReLU.
    Code (*addmm_activation)(Handle self, Handle mat1, Handle mat2, double beta, double alpha, int32_t gelu, Handle* out);
    // The outputs are the attention, its logsumexp and six more that only training reads.
    Code (*cudnn_attention)(Handle q, Handle k, Handle v, Handle* bias, int32_t logsumexp, double dropout, int32_t causal,
                            int32_t debug_mask, double* scale, Handle* out, Handle* sums, Handle* cum_q, Handle* cum_k,
                            int64_t* max_q, int64_t* max_k, Handle* seed, Handle* offset, Handle* mask);
    // a (M, K) times b (K, N), both FP8, by f32 scales of a's rows and b's columns.
    Code (*scaled_mm)(Handle a, Handle b, Handle scale_a, Handle scale_b, Handle* bias, Handle* scale_result,
                      int32_t* out_dtype, int32_t fast_accumulation, Handle* out);
    // Only from 2.13 on; null before, where libtorch writes the text to stderr.
    const char* (*exception_what)();
    // const at::Tensor& c10::TensorImpl::grad() const: no stable function reads a gradient. Null where it is missing.
    Handle (*grad_of)(const void* impl);
};

constexpr const char* kGradOf = "_ZNK3c1010TensorImpl4gradEv";

// Loads the libraries in the order given (dependencies first, the last is libtorch_cpu or libtorch_cuda) and binds
// the table. Process-wide, as libtorch itself is; opening the same libraries again is a no-op, others are refused.
void open(const std::vector<std::string>& libraries);

// The bound table; throws IRS_NOT_LOADED before open().
const Api& api();

// "2.13.0"
std::string version();

// True when a CUDA build of libtorch is loaded.
bool has_cuda();

// Throws libtorch's own text, as out-of-memory where it says so.
void check(Code code, const char* what);

}  // namespace irs::torch
