/*
 * Sets of named weights, which models are made of. Part of irscale.h, which includes it and states the conventions.
 */
#ifndef IRSCALE_WEIGHTS_H
#define IRSCALE_WEIGHTS_H

#ifndef IRSCALE_H
#error "include irscale.h"
#endif

/* An empty set; models made from it compute on `device` in `dtype` (f32 or bf16). */
irs_status irs_weights_create(irs_weights **out, int32_t device, int32_t dtype);

/* Adds a tensor of any dtype in caller-owned CPU memory under its diffusers or transformers name. Where device and dtype
 * already match, the model uses the memory itself: keep it until every model made from the set is freed. */
irs_status irs_weights_put(irs_weights *weights, const char *name, const void *data, int64_t bytes, int32_t dtype,
                           int32_t ndim, const int64_t *sizes);

/* How the values of quantised weights are stored: types of their own with a scale, codes that are looked up (two of 4 bits a
 * byte, the first in the high half; or of 8 bits), or blocks of ggml, which hold their own scales. */
#define IRS_PACKED_F8_E4M3 0
#define IRS_PACKED_F8_E5M2 1
#define IRS_PACKED_I8 2
#define IRS_PACKED_F16 3
#define IRS_PACKED_BF16 4
#define IRS_PACKED_F32 5
#define IRS_PACKED_CODE4 6
#define IRS_PACKED_CODE8 7
#define IRS_PACKED_Q4_0 8
#define IRS_PACKED_Q4_1 9
#define IRS_PACKED_Q5_0 10
#define IRS_PACKED_Q5_1 11
#define IRS_PACKED_Q8_0 12
#define IRS_PACKED_Q2_K 13
#define IRS_PACKED_Q3_K 14
#define IRS_PACKED_Q4_K 15
#define IRS_PACKED_Q5_K 16
#define IRS_PACKED_Q6_K 17
#define IRS_PACKED_IQ4_NL 18
#define IRS_PACKED_IQ4_XS 19

/* Value i is decoded(first + i) * scales[(first + i) / run] + offset, each step rounded to f32; decoded is the stored number,
 * or code[number]. All in CPU memory, borrowed for the call. */
typedef struct irs_packed {
    const void *data;
    int64_t bytes;       /* of data */
    int64_t first;       /* where the tensor begins among the values in data, 0 or more */
    int32_t packing;     /* IRS_PACKED_* */
    int32_t rounding;    /* IRS_DTYPE_F16 or BF16, which values are rounded to before all else; IRS_DTYPE_F32 for none */
    const float *code;   /* 16 or 256 values for IRS_PACKED_CODE4 and CODE8, else NULL */
    int64_t code_count;
    const float *scales; /* NULL for none */
    int64_t scale_count;
    int64_t run;         /* how many values share a scale, 1 or more */
    double offset;       /* rounded to f32; not read without scales */
} irs_packed;

/* Adds a quantised tensor, widened at once to the set's dtype on its device: data and scales are not needed afterwards. */
irs_status irs_weights_put_packed(irs_weights *weights, const char *name, const irs_packed *packed, int32_t ndim,
                                  const int64_t *sizes);

/* The first `count` values in f32, on the calling thread; needs no libtorch. */
irs_status irs_packed_widen(float *out, int64_t count, const irs_packed *packed);

void irs_weights_free(irs_weights *weights);

/* Making a model takes every tensor that its sizes call for and fails, listing them, when names are missing, shapes
 * differ, a dtype is none of floating point (f8 to f64), or values are not finite. Tensors that it does not ask for are
 * not looked at. */

#endif
