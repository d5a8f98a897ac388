/*
 * irscale's native layer: FLUX.1 text encoders, transformer and VAE, verifiers (CLIP, SigLIP), and the
 * networks that images are compared by, over libtorch.
 *
 * Conventions
 *   - Every function that can fail returns irs_status; on failure irs_last_error() of the same thread gives one line
 *     with the thing, its value and the limit. Out-parameters come first and are left untouched on failure.
 *   - `T **out`: the caller owns the new object and frees it with irs_<noun>_free. `T *`: borrowed for the call.
 *     irs_*_free accepts NULL.
 *   - Tensors are contiguous and row-major. N counts rows (candidates). Device -1 is the CPU, 0.. a CUDA device;
 *     dtypes carry PyTorch's ScalarType numbers.
 *   - Objects may be used from one thread at a time. Nothing calls back into the caller.
 *   - No state outlives its object, except the one libtorch that a process can hold.
 */
#ifndef IRSCALE_H
#define IRSCALE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default) /* the library hides the rest */
#endif

#define IRS_ABI_VERSION 1

typedef int32_t irs_status;
#define IRS_OK 0
#define IRS_INVALID_ARGUMENT (-1) /* a size, shape, dtype or value that the caller can correct */
#define IRS_OUT_OF_MEMORY (-2)    /* host or device; fewer rows may fit */
#define IRS_NOT_LOADED (-3)       /* libtorch is missing, too old, or lacks a symbol */
#define IRS_INTERNAL (-4)         /* libtorch refused something that no check here foresaw */

#define IRS_DTYPE_U8 0
#define IRS_DTYPE_I8 1
#define IRS_DTYPE_I16 2
#define IRS_DTYPE_I32 3
#define IRS_DTYPE_I64 4
#define IRS_DTYPE_F16 5
#define IRS_DTYPE_F32 6
#define IRS_DTYPE_F64 7
#define IRS_DTYPE_C64 9
#define IRS_DTYPE_BOOL 11
#define IRS_DTYPE_BF16 15
#define IRS_DTYPE_F8_E5M2 23
#define IRS_DTYPE_F8_E4M3 24 /* without infinities */
#define IRS_DTYPE_U16 27
#define IRS_DTYPE_U32 28
#define IRS_DTYPE_U64 29
#define IRS_DTYPE_F8_E8M0 44

#define IRS_CPU (-1)

#define IRS_ACT_QUICK_GELU 0 /* x * sigmoid(1.702 x) */
#define IRS_ACT_GELU 1       /* with erf */
#define IRS_ACT_GELU_TANH 2  /* gelu_new, gelu_pytorch_tanh */

typedef struct irs_tensor irs_tensor;
typedef struct irs_weights irs_weights;
typedef struct irs_trace irs_trace;
typedef struct irs_lora irs_lora;
typedef struct irs_clip irs_clip;
typedef struct irs_t5 irs_t5;
typedef struct irs_flux irs_flux;
typedef struct irs_plan irs_plan;
typedef struct irs_vae irs_vae;
typedef struct irs_reward irs_reward;
typedef struct irs_adamw irs_adamw;

/* ---- library ---------------------------------------------------------------------------------------------- */

/* IRS_ABI_VERSION of the binary. */
int32_t irs_abi_version(void);

/* The calling thread's last failure, one line, UTF-8; "" before any. Valid until its next failure. */
const char *irs_last_error(void);

/* Native objects of every kind now alive in the process. */
int64_t irs_live_objects(void);

/* Loads libtorch: absolute paths, dependencies first, libtorch_cpu.so or libtorch_cuda.so last. Once per process;
 * the same list again is a no-op. IRS_NOT_LOADED names what is missing. */
irs_status irs_torch_open(const char *const *paths, int32_t n);

/* Writes "major.minor.patch" and a NUL into text (capacity >= 16 bytes); the number of CPU threads into threads. */
irs_status irs_torch_describe(char *text, int32_t capacity, int32_t *threads, int32_t *has_cuda);

/* The instructions that the CPU's kernels on tiles run by, as a NUL-terminated text (capacity >= 16): amx, avx512-bf16, avx512,
 * avx2 or none, the best that the processor has, or less where the environment variable IRSCALE_CPU names less. On what is
 * laid out for it, and on its rounding, results depend. */
irs_status irs_cpu_level(char *text, int32_t capacity);

/* Kernels, by name: layer_norm_modulate, gated_residual, qk_norm_rope, lora_merge, tile_linear, tile_attention
 * (see kernels/). Lets one run (on != 0, as all may at first) or not; without it libtorch's operators do its work. For the
 * whole process. Results differ by rounding. */
irs_status irs_kernel_enable(const char *name, int32_t on);

/* 1 into out when the kernel may run and this machine can run it (tile_*: irs_cpu_level is not none), else 0. */
irs_status irs_kernel_runs(int32_t *out, const char *name);

/* How often a kernel has been called in this process, on any device; of the tile_* how many forwards took them. Names are
 * those of irs_kernel_enable, and transition, guidance, clip_preprocess, cudnn_attention. */
irs_status irs_kernel_calls(int64_t *out, const char *name);

/* How fast libtorch multiplies two n x n matrices of the dtype on the device: operations a second, 2 n^3 each, the best
 * of `repeats`. What a forward is measured by. */
irs_status irs_matmul_rate(double *out, int32_t device, int32_t dtype, int32_t n, int32_t repeats);

/* Free and total memory of a device in bytes: MemAvailable and MemTotal, or cudaMemGetInfo. */
irs_status irs_device_memory(int64_t *free_bytes, int64_t *total_bytes, int32_t device);

/* CUDA devices that the driver shows; 0 without a driver. */
int32_t irs_cuda_device_count(void);

/* Name (NUL-terminated, capacity >= 2), total bytes, compute capability of a CUDA device; needs no libtorch. */
irs_status irs_cuda_device_describe(char *name, int32_t capacity, int64_t *total_bytes, int32_t *major,
                                    int32_t *minor, int32_t device);

/* ---- tensors ---------------------------------------------------------------------------------------------- */

/* Wraps caller-owned CPU memory without a copy; bytes must be exactly the tensor's size, ndim 0..8. The memory must
 * outlive the tensor and everything that shares its storage. */
irs_status irs_tensor_wrap(irs_tensor **out, void *data, int64_t bytes, int32_t dtype, int32_t ndim,
                           const int64_t *sizes);

/* The tensor on another device or in another dtype. Shares the storage when neither changes. */
irs_status irs_tensor_convert(irs_tensor **out, const irs_tensor *x, int32_t device, int32_t dtype);

/* sizes: room for 8. */
irs_status irs_tensor_describe(int32_t *dtype, int32_t *device, int32_t *ndim, int64_t *sizes, const irs_tensor *x);

/* Address and size of a CPU tensor's memory, valid while the tensor lives. */
irs_status irs_tensor_data(void **data, int64_t *bytes, const irs_tensor *x);

/* Copies a tensor of any device into caller-owned CPU memory of exactly its size. */
irs_status irs_tensor_read(void *destination, int64_t bytes, const irs_tensor *x);

/* The rows (dim 0) named by `rows` in that order, copied: fork, drop and reorder in one. */
irs_status irs_tensor_select_rows(irs_tensor **out, const irs_tensor *x, int32_t n, const int64_t *rows);

/* Rows [begin, begin + n) as a view of the same storage. */
irs_status irs_tensor_slice_rows(irs_tensor **out, const irs_tensor *x, int64_t begin, int64_t n);

/* Concatenates along dim 0; n >= 1, shapes equal but for dim 0. */
irs_status irs_tensor_concat_rows(irs_tensor **out, int32_t n, const irs_tensor *const *parts);

void irs_tensor_free(irs_tensor *x);

#include "irscale_weights.h" /* the sets that models are made of, quantised values */

/* ---- intermediate results, for parity checks --------------------------------------------------------------- */

irs_status irs_trace_create(irs_trace **out);
/* The tensor recorded under `name`; shares its storage. */
irs_status irs_trace_get(irs_tensor **out, const irs_trace *trace, const char *name);
void irs_trace_free(irs_trace *trace);

#include "irscale_lora.h" /* LoRA and its kin */

/* ---- CLIP (transformers modeling_clip.py) ------------------------------------------------------------------- */

typedef struct irs_clip_config {
    int32_t text_width;        /* hidden_size */
    int32_t text_layers;
    int32_t text_heads;
    int32_t text_mlp;          /* intermediate_size */
    int32_t text_activation;   /* IRS_ACT_* */
    int32_t text_positions;    /* max_position_embeddings */
    int32_t vocabulary;
    int32_t eos_token_id;      /* 2 means the position of the largest id, as in the published files */
    double text_eps;
    int32_t projection;        /* shared width; 0 for a text encoder without projection and image tower */
    int32_t image_width;
    int32_t image_layers;
    int32_t image_heads;
    int32_t image_mlp;
    int32_t image_activation;
    int32_t image_size;        /* pixels, square */
    int32_t patch_size;
    int32_t image_channels;
    double image_eps;
} irs_clip_config;

irs_status irs_clip_create(irs_clip **out, const irs_clip_config *config, irs_weights *weights);

/* ids: (n, tokens) host memory. hidden: (n, tokens, width) after the final norm; pooled: (n, width) at the end token. */
irs_status irs_clip_encode_text(irs_tensor **hidden, irs_tensor **pooled, const irs_clip *clip, int32_t n,
                                int32_t tokens, const int64_t *ids);

/* (n, projection), unit length; needs projection > 0. */
irs_status irs_clip_embed_text(irs_tensor **out, const irs_clip *clip, int32_t n, int32_t tokens, const int64_t *ids);

/* pixels: (N, channels, image_size, image_size), preprocessed. (N, projection), unit length. */
irs_status irs_clip_embed_image(irs_tensor **out, const irs_clip *clip, const irs_tensor *pixels);

/* exp(logit_scale), the factor from cosine to logit; an error where the weights have none. */
irs_status irs_clip_logit_scale(double *out, const irs_clip *clip);

#define IRS_RESIZE_NONE 0
#define IRS_RESIZE_SHORTEST 1 /* shortest edge to `height` */
#define IRS_RESIZE_LONGEST 2  /* longest edge to `height` */
#define IRS_RESIZE_EXACT 3    /* to height x width, whatever the aspect */

#define IRS_FILTER_NEAREST 0 /* PIL's numbers; all but the nearest with antialias */
#define IRS_FILTER_LANCZOS 1
#define IRS_FILTER_BILINEAR 2
#define IRS_FILTER_BICUBIC 3
#define IRS_FILTER_BOX 4
#define IRS_FILTER_HAMMING 5

#define IRS_CROP_NONE 0      /* the resized image must have the result's size */
#define IRS_CROP_DOWN 1      /* half an odd margin goes down, as in transformers */
#define IRS_CROP_HALF_EVEN 2 /* it goes to the even neighbour, as in open_clip */

typedef struct irs_clip_preprocessing {
    int32_t resize; /* IRS_RESIZE_* */
    int32_t height; /* pixels */
    int32_t width;  /* pixels, of IRS_RESIZE_EXACT */
    int32_t filter; /* IRS_FILTER_* */
    int32_t crop;   /* IRS_CROP_* */
    int32_t edge;   /* of the result, pixels */
    double scale;   /* above 0; 1 leaves [0, 1], 255 gives 8-bit levels */
    double mean[3];
    double std[3]; /* above 0 */
} irs_clip_preprocessing;

/* Images (N, 3, H, W) in [0, 1] to CLIP's input in f32: rounded to 8 bits, resized, clamped to [0, 1], centre crop to
 * (edge, edge), black where the image does not reach, (scale x - mean[c]) / std[c]. H and W >= 1. */
irs_status irs_clip_preprocess(irs_tensor **out, const irs_tensor *images, const irs_clip_preprocessing *config);

/* Cosine of unit-length embeddings: a (N, d), b (M, d) to (N, M) in f32. */
irs_status irs_cosine(irs_tensor **out, const irs_tensor *a, const irs_tensor *b);

/* Merges LoRAs into both towers, whose layers are called encoder.* (text) and vision_model.encoder.*: see
 * irs_flux_merge, with weights. */
irs_status irs_clip_merge(irs_clip *clip, int32_t n_loras, const irs_lora *const *loras, const float *scales);

/* A linear layer's weight or bias, or a norm's, of either tower: see irs_flux_parameter. */
irs_status irs_clip_parameter(irs_tensor **out, irs_clip *clip, const char *name);

void irs_clip_free(irs_clip *clip);

/* ---- T5 encoder (transformers modeling_t5.py, gated GELU) --------------------------------------------------- */

typedef struct irs_t5_config {
    int32_t width;  /* d_model */
    int32_t key;    /* d_kv */
    int32_t heads;
    int32_t mlp;    /* d_ff */
    int32_t layers;
    int32_t vocabulary;
    int32_t buckets;      /* relative_attention_num_buckets */
    int32_t max_distance; /* relative_attention_max_distance */
    double eps;
} irs_t5_config;

irs_status irs_t5_create(irs_t5 **out, const irs_t5_config *config, irs_weights *weights);

/* ids: (n, tokens) host memory; no padding mask, as FLUX uses it. (n, tokens, width). */
irs_status irs_t5_encode(irs_tensor **hidden, const irs_t5 *t5, int32_t n, int32_t tokens, const int64_t *ids);

void irs_t5_free(irs_t5 *t5);

#include "irscale_flux.h" /* the transformer and its plans */

/* ---- latents -------------------------------------------------------------------------------------------------- */

/* Standard normal values equal to torch.randn with torch.Generator("cpu").manual_seed(seed). */
irs_status irs_noise_fill(float *out, int64_t count, uint64_t seed);

/* (N, C, H, W) to (N, H/2 W/2, 4 C), channel order (C, dy, dx); H and W even. */
irs_status irs_latents_pack(irs_tensor **out, const irs_tensor *latents);

/* The inverse: height and width of the unpacked latents, both even, H W / 4 tokens. */
irs_status irs_latents_unpack(irs_tensor **out, const irs_tensor *packed, int32_t height, int32_t width);

/* Euler step in place: img[i] += dsigma[i] velocity[i], dsigma = sigma_next - sigma. As the reference does it, the
 * product is rounded to the velocity's dtype and the sum is taken in f32
 * (scheduling_flow_match_euler_discrete.py, step). */
irs_status irs_latents_euler(irs_tensor *img, const irs_tensor *velocity, int32_t n, const float *dsigma);

/* out[i] = a[i] x[i] + b[i] v[i] + c[i] z[i] for rows i, summed in f32 whatever the dtypes and rounded once to x's: a
 * new tensor. x, v, z (N, T, C) on one device; a, b, c: n finite factors. v and z are not read, and may be NULL, where
 * all of their factors are 0. */
irs_status irs_latents_combine(irs_tensor **out, const irs_tensor *x, const irs_tensor *v, const irs_tensor *z,
                               int32_t n, const float *a, const float *b, const float *c);

/* Means over blocks of factor x factor, for previews at reduced size: latents (N, C, H, W) to (N, C, H/factor,
 * W/factor). factor 1, 2 or 4; the new sizes are even too. */
irs_status irs_latents_reduce(irs_tensor **out, const irs_tensor *latents, int32_t factor);

/* ---- VAE (diffusers autoencoder_kl.py) ------------------------------------------------------------------------ */

typedef struct irs_vae_config {
    int32_t in_channels;
    int32_t out_channels;
    int32_t latent_channels;
    int32_t levels;          /* 1..8 */
    int32_t channels[8];     /* block_out_channels */
    int32_t layers_per_block;
    int32_t groups;          /* norm_num_groups */
    int32_t mid_attention;   /* mid_block_add_attention */
    int32_t quant_conv;      /* use_quant_conv */
    int32_t post_quant_conv; /* use_post_quant_conv */
    double scaling_factor;
    double shift_factor;
} irs_vae_config;

irs_status irs_vae_create(irs_vae **out, const irs_vae_config *config, irs_weights *weights);

/* latents (N, C, h, w) as the transformer makes them; decodes latents / scaling + shift to (N, 3, f h, f w), about
 * [-1, 1], f = 2^(levels - 1). */
irs_status irs_vae_decode(irs_tensor **out, const irs_vae *vae, const irs_tensor *latents);

/* images (N, 3, H, W) in [-1, 1], H and W multiples of f. mean and logvar (N, C, H/f, W/f), logvar clamped to
 * [-30, 20]; latents = (mean - shift) scaling. */
irs_status irs_vae_encode(irs_tensor **mean, irs_tensor **logvar, irs_tensor **latents, const irs_vae *vae,
                          const irs_tensor *images);

void irs_vae_free(irs_vae *vae);

/* Decoder output to [0, 1]: clamp(x / 2 + 0.5), in x's dtype. */
irs_status irs_image_finish(irs_tensor **out, const irs_tensor *decoded);

/* ---- gradient of a verifier's score ------------------------------------------------------------------------------ */

/* CLIP's cosine between decoded latents and a prompt: VAE, [0, 1], preprocessing, image tower. The preprocessing is
 * irs_clip_preprocess without the rounding to 8 bits, whose derivative is 0; scores differ from a verifier's by that
 * rounding alone. Its edge is CLIP's image_size. vae and clip must outlive the reward. */
irs_status irs_reward_create(irs_reward **out, const irs_vae *vae, const irs_clip *clip,
                             const irs_clip_preprocessing *preprocessing);

/* d scores[i] / d x0[i] of predicted latents x0 (N, T, 4 C), packed, of height x width unpacked: gradient (N, T, 4 C)
 * in f32; scores: room for N. text (N, projection): every row's own prompt, unit length. The decoder's activations are
 * kept for the way back: for FLUX.1's in bf16 11 KB a pixel, 3 GB a row at 512 x 512. Where libtorch lacks the one C++
 * symbol that reads a gradient: IRS_NOT_LOADED. */
irs_status irs_reward_gradient(irs_tensor **gradient, float *scores, const irs_reward *reward, const irs_tensor *x0,
                               int32_t height, int32_t width, const irs_tensor *text);

/* The same by x itself at time sigma[i] in [0, 1], through x0 = x - sigma[i] v and the whole transformer; also the
 * velocity, so that the step needs no forward of its own. Rows as in irs_flux_velocity, as many as x has.
 * Every block's activations are kept too (no checkpointing), at least 12 widths a token in a double block and 11 in a
 * single one, twice for a row with a negative: for FLUX.1 in bf16 4 MB a token, 6 GB a row at 512 x 512. */
irs_status irs_reward_gradient_full(irs_tensor **gradient, irs_tensor **velocity, float *scores,
                                    const irs_reward *reward, const irs_flux *flux, const irs_tensor *x, int32_t n,
                                    const irs_plan *const *plans, const int32_t *steps,
                                    const irs_plan *const *negatives, const float *true_cfg, const float *sigma,
                                    int32_t height, int32_t width, const irs_tensor *text);

void irs_reward_free(irs_reward *reward);

#include "irscale_siglip.h"   /* SigLIP, the aesthetic head */
#include "irscale_features.h" /* Inception and DINOv2 */
#include "irscale_train.h"    /* recorded forwards, losses, AdamW */

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
