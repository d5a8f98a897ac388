// What libirscale_cuda.so offers: the kernels on CUDA devices. Each is checked against its CPU twin (cuda_test.cu). Launches
// are asynchronous on the given stream; the result is a cudaError_t, 0 for success. Types: 0 f32, 1 bf16. Strides count
// values. Rows are those of rows.h.
#pragma once

#include <cstdint>

// A cudaStream_t and the device that it belongs to, which need not be the current one.
struct irs_cuda_stream {
    int device;
    void* stream;
};

struct irs_cuda_rows {
    void* data;
    int64_t batch, tokens, batch_stride, row_stride;
};

// Row b of the batch takes line index[b], all on the device.
struct irs_cuda_table {
    const void* data;
    const int64_t* index;
    int64_t stride;
};

// clip_preprocess.h's Taps, first and weights on the device.
struct irs_cuda_taps {
    int64_t count, most;
    const int64_t* first;
    const float* weights;
};

extern "C" {

// 90 for compute capability 9.0; negative where the device cannot be asked.
int irs_cuda_capability(int device);

// layer_norm_modulate.h; width up to 65536.
int irs_cuda_layer_norm_modulate(int type, irs_cuda_rows x, int64_t width, irs_cuda_table scale, irs_cuda_table shift,
                                 float eps, irs_cuda_rows out, irs_cuda_stream stream);

// gated_residual.h, then layer_norm_modulate of the new x into `out` unless its data is null.
int irs_cuda_gated_residual(int type, irs_cuda_rows x, int64_t width, irs_cuda_table gate, irs_cuda_rows update,
                            irs_cuda_table scale, irs_cuda_table shift, float eps, irs_cuda_rows out, irs_cuda_stream stream);

// qk_norm_rope.h; pairs of values lie at multiples of their size.
int irs_cuda_qk_norm_rope(int type, irs_cuda_rows x, int64_t heads, int64_t head_dim, const void* weight,
                          const float* turns, float eps, irs_cuda_rows out, irs_cuda_stream stream);

// lora_merge.h
int irs_cuda_lora_merge(int type, const void* base, int64_t out, int64_t in, const float* b, const float* a,
                        int64_t rank, float scale, void* weight, irs_cuda_stream stream);

// transition.h; factors (3, n): a, b and c on the device, those of a null v or z not read.
int irs_cuda_transition(int type, int velocity_type, const void* x, const void* v, const float* z, int64_t n,
                        int64_t count, const float* factors, int rounded, void* out, irs_cuda_stream stream);

// guidance.h; negative and scale on the device.
int irs_cuda_guidance(int type, const void* v, int64_t n, int64_t count, const int64_t* negative, const float* scale,
                      void* out, irs_cuda_stream stream);

// fp8_rows.h
int irs_cuda_fp8_rows(int type, const void* x, int64_t rows, int64_t width, uint8_t* values, float* scales, irs_cuda_stream stream);

// clip_preprocess.h; mean and std (3) in host memory.
int irs_cuda_clip_preprocess(int type, const void* images, int64_t n, int64_t height, int64_t width, irs_cuda_taps rows,
                             irs_cuda_taps columns, const float* mean, const float* std, float* out, irs_cuda_stream stream);
}
