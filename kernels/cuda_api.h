// What libirscale_cuda.so offers: the kernels on CUDA devices. Each is checked against its CPU twin (cuda_test.cu). Launches
// are asynchronous on the given stream (cudaStream_t); the result is a cudaError_t, 0 for success. Types: 0 f32, 1 bf16.
// Strides count values. Rows and tables are those of rows.h, with tables' index on the device.
#pragma once

#include <cstdint>

struct irs_cuda_rows {
    void* data;
    int64_t batch, tokens, batch_stride, row_stride;
};

struct irs_cuda_table {
    const void* data;
    const int64_t* index;
    int64_t stride;
};

extern "C" {

// layer_norm_modulate.h; width up to 65536.
int irs_cuda_layer_norm_modulate(int type, irs_cuda_rows x, int64_t width, irs_cuda_table scale, irs_cuda_table shift,
                                 float eps, irs_cuda_rows out, void* stream);

// gated_residual.h, then layer_norm_modulate of the new x into `out` unless its data is null.
int irs_cuda_gated_residual(int type, irs_cuda_rows x, int64_t width, irs_cuda_table gate, irs_cuda_rows update,
                            irs_cuda_table scale, irs_cuda_table shift, float eps, irs_cuda_rows out, void* stream);

// qk_norm_rope.h
int irs_cuda_qk_norm_rope(int type, irs_cuda_rows x, int64_t heads, int64_t head_dim, const void* weight,
                          const float* turns, float eps, irs_cuda_rows out, void* stream);

// lora_merge.h
int irs_cuda_lora_merge(int type, const void* base, int64_t out, int64_t in, const float* b, const float* a,
                        int64_t rank, float scale, void* weight, void* stream);
}
