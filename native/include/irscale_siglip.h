/*
 * SigLIP, a verifier that is no CLIP, and the head that tells how an image pleases. Part of irscale.h, which includes it and
 * states the conventions.
 */
#ifndef IRSCALE_SIGLIP_H
#define IRSCALE_SIGLIP_H

#ifndef IRSCALE_H
#error "include irscale.h"
#endif

typedef struct irs_siglip irs_siglip;
typedef struct irs_aesthetic irs_aesthetic;

/* ---- SigLIP and SigLIP 2 (transformers modeling_siglip.py, modeling_siglip2.py) -------------------------------------- */

typedef struct irs_siglip_config {
    int32_t text_width;        /* hidden_size */
    int32_t text_layers;
    int32_t text_heads;
    int32_t text_mlp;          /* intermediate_size */
    int32_t text_activation;   /* IRS_ACT_* */
    int32_t text_positions;    /* max_position_embeddings */
    int32_t vocabulary;
    int32_t projection;        /* projection_size, equal to image_width */
    double text_eps;
    int32_t image_width;
    int32_t image_layers;
    int32_t image_heads;
    int32_t image_mlp;
    int32_t image_activation;
    int32_t image_size;        /* pixels, square; what a whole number of patches does not cover is left out. 0: NaFlex */
    int32_t patch_size;        /* pixels, square */
    int32_t image_channels;
    int32_t positions;         /* NaFlex alone: num_patches, a square number of position embeddings */
    double image_eps;
} irs_siglip_config;

/* Weights under the names of SiglipModel; of Siglip2Model, whose patches are a linear layer over (row, column, channel),
 * where image_size is 0. */
irs_status irs_siglip_create(irs_siglip **out, const irs_siglip_config *config, irs_weights *weights);

/* ids (n, tokens) in host memory, padded as in training, since the last token is what counts and there is no mask; tokens
 * at most text_positions. (n, projection), unit length. */
irs_status irs_siglip_embed_text(irs_tensor **out, const irs_siglip *siglip, int32_t n, int32_t tokens,
                                 const int64_t *ids);

/* pixels (N, channels, image_size, image_size), preprocessed; NaFlex: (N, channels, height, width), multiples of
 * patch_size, the position embeddings being resized to them. (N, projection), unit length. */
irs_status irs_siglip_embed_image(irs_tensor **out, const irs_siglip *siglip, const irs_tensor *pixels);

/* Embeddings of images (N, projection) and of texts (M, projection), of unit length, to the probabilities that they belong
 * together: sigmoid(exp(logit_scale) cosine + logit_bias), (N, M) in f32. */
irs_status irs_siglip_probabilities(irs_tensor **out, const irs_siglip *siglip, const irs_tensor *images,
                                    const irs_tensor *texts);

/* Images (N, 3, H, W) in [0, 1], rounded to 8 bits, to NaFlex's input in f32: bilinear with antialias to height x width,
 * both at least 1, (x - mean[c]) / std[c]. */
irs_status irs_siglip_preprocess(irs_tensor **out, const irs_tensor *images, int32_t height, int32_t width,
                                 const double *mean, const double *std);

void irs_siglip_free(irs_siglip *siglip);

/* ---- a head of linear layers on an image embedding (LAION-AI/aesthetic-predictor) ------------------------------------- */

/* layers >= 1 linear layers without activations between: names[i] has names[i].weight (out, in) and names[i].bias (out)
 * among the weights, which must be for f32; widths[i] is its input's and widths[i + 1] its output's, widths[layers] is 1. */
irs_status irs_aesthetic_create(irs_aesthetic **out, int32_t layers, const char *const *names, const int32_t *widths,
                                irs_weights *weights);

/* Image embeddings (N, widths[0]) of unit length to (N, 1) in f32. */
irs_status irs_aesthetic_score(irs_tensor **out, const irs_aesthetic *aesthetic, const irs_tensor *embeddings);

void irs_aesthetic_free(irs_aesthetic *aesthetic);

#endif
