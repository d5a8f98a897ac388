/*
 * The networks by whose features images are compared. Part of irscale.h, which includes it and states the conventions.
 */
#ifndef IRSCALE_FEATURES_H
#define IRSCALE_FEATURES_H

#ifndef IRSCALE_H
#error "include irscale.h"
#endif

typedef struct irs_inception irs_inception;
typedef struct irs_dinov2 irs_dinov2;

/* ---- Inception v3 of FID (pytorch-fid inception.py) ---------------------------------------------------------------- */

/* Weights under torchvision's names; fc.* is not needed. */
irs_status irs_inception_create(irs_inception **out, irs_weights *weights);

/* pixels (N, 3, 299, 299) in [-1, 1], preprocessed, to pool3's features (N, 2048) in f32. */
irs_status irs_inception_embed(irs_tensor **out, const irs_inception *inception, const irs_tensor *pixels);

/* Images (N, 3, H, W) in [0, 1], rounded to 8 bits, to (N, 3, 299, 299) in f32. clean 0: as pytorch-fid does it,
 * bilinear without antialias, 2 x - 1; else as clean-fid does it, bicubic with antialias on 0 to 255, not rounded,
 * clamped to [0, 255], (x - 128) / 128. */
irs_status irs_inception_preprocess(irs_tensor **out, const irs_tensor *images, int32_t clean);

void irs_inception_free(irs_inception *inception);

/* ---- DINOv2 (transformers modeling_dinov2.py, Dinov2Model) ----------------------------------------------------------- */

typedef struct irs_dinov2_config {
    int32_t width;      /* hidden_size */
    int32_t layers;
    int32_t heads;
    int32_t mlp;        /* hidden_size times mlp_ratio */
    int32_t image_size; /* pixels, square: what the position embeddings are of */
    int32_t patch_size;
    int32_t qkv_bias;
    double eps;
} irs_dinov2_config;

irs_status irs_dinov2_create(irs_dinov2 **out, const irs_dinov2_config *config, irs_weights *weights);

/* pixels (N, 3, H, W), preprocessed, H and W multiples of patch_size, to the class token after the last layer norm
 * (N, width) in f32. At another size than image_size the position embeddings are interpolated, bicubic in f32. */
irs_status irs_dinov2_embed(irs_tensor **out, const irs_dinov2 *dinov2, const irs_tensor *pixels);

/* Images (N, 3, H, W) in [0, 1], rounded to 8 bits, to (N, 3, edge, edge) in f32: bicubic with antialias, clamped to
 * [0, 1], less ImageNet's mean, over its deviation. */
irs_status irs_dinov2_preprocess(irs_tensor **out, const irs_tensor *images, int32_t edge);

void irs_dinov2_free(irs_dinov2 *dinov2);

#endif
