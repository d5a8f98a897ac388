/*
 * The FLUX transformer (diffusers transformer_flux.py). Part of irscale.h, which includes it and states the conventions.
 */
#ifndef IRSCALE_FLUX_H
#define IRSCALE_FLUX_H

#ifndef IRSCALE_H
#error "include irscale.h"
#endif

typedef struct irs_flux_config {
    int32_t in_channels;  /* packed: 4 x latent channels */
    int32_t out_channels;
    int32_t layers;        /* double blocks */
    int32_t single_layers;
    int32_t heads;
    int32_t head_dim;
    int32_t joint_dim;     /* width of txt */
    int32_t pooled_dim;    /* width of vec */
    int32_t guidance;      /* 1: embedded guidance */
    int32_t axes[3];       /* axes_dims_rope, sum head_dim, each even */
} irs_flux_config;

/* On the CPU forwards keep the blocks' weights a second time, laid out for the processor (irs_cpu_level), where that takes at
 * most three fifths of MemAvailable at this call; else ATen's operators multiply. */
irs_status irs_flux_create(irs_flux **out, const irs_flux_config *config, irs_weights *weights);
void irs_flux_free(irs_flux *flux);

/* Sets every linear layer, bias and norm to its loaded value plus scales[i] times the updates of loras[i], one after
 * another in f32 (a DoRA scales what those before it made) and rounded once; n_loras = 0 restores the loaded values bit
 * for bit. weights: 0 leaves the layers' weights as loaded, for plans that add the same LoRAs at run time. Scales in
 * [-100, 100]. Every update must name a part of the model and fit it. On failure the model is unchanged. Plans made before
 * keep what they computed: make them anew. */
irs_status irs_flux_merge(irs_flux *flux, int32_t n_loras, const irs_lora *const *loras, const float *scales,
                          int32_t weights);

/* What the model computes with now under that name: a linear layer's "<module>.weight" (out, in) or ".bias" (out), or a
 * norm's weight; shares its storage. */
irs_status irs_flux_parameter(irs_tensor **out, irs_flux *flux, const char *name);

/* Everything that depends on one prompt, guidance and schedule but not on the candidate: embedded txt, the position
 * table and the modulation vectors of every block at every step.
 *   txt (1, L, joint_dim), vec (1, pooled_dim); for a training batch (steps, L, joint_dim) and (steps, pooled_dim),
 *   whose row i is prompt i at timestep i; guidance: ignored without embedded guidance;
 *   timesteps: `steps` values in [0, 1] as the transformer receives them (sigma, after the dtype's rounding);
 *   ids: (L + T, 3) f32 host memory, txt_ids then img_ids: time, row, column.
 *   loras: unmerged updates, added at run time to the rows of this plan, so that rows of one batch may differ; each
 *   scale in [-100, 100]. They may be freed before the plan.
 * The flux must outlive the plan. trace (may be NULL) records rope.cos, rope.sin and temb. */
irs_status irs_plan_create(irs_plan **out, irs_flux *flux, const irs_tensor *txt, const irs_tensor *vec,
                           float guidance, int32_t steps, const float *timesteps, int32_t positions,
                           const float *ids, int32_t n_loras, const irs_lora *const *loras, const float *scales,
                           irs_trace *trace);

/* Bytes that the plan holds. */
irs_status irs_plan_bytes(int64_t *out, const irs_plan *plan);
void irs_plan_free(irs_plan *plan);

/* One forward: img (N, T, in_channels), row i conditioned by plans[i] at its step steps[i], to velocity
 * (N, T, out_channels). With `negatives` (N plans, entries may be NULL) a row becomes
 * v_neg + true_cfg[i] (v - v_neg), both halves in the same batch. All plans belong to this flux and have the same L
 * and positions; their LoRAs may differ. trace (may be NULL, needs no negatives) records double.<i>.img,
 * double.<i>.txt, single.<i>.img, single.<i>.txt. */
irs_status irs_flux_velocity(irs_tensor **velocity, const irs_flux *flux, const irs_tensor *img, int32_t n,
                             const irs_plan *const *plans, const int32_t *steps, const irs_plan *const *negatives,
                             const float *true_cfg, irs_trace *trace);

/* The same, leaving blocks out where little has changed since a row's last step: a lossy tier. last: N features that the
 * last step of each row left, entries may be NULL. Rows whose first block adds to img within `threshold` (mean |difference|
 * over mean |last|, 0 or more) of what it added when all blocks last ran reuse what the others added then. features: N
 * slots for tensors (1 or with a negative 2, 2, T, width) in the flux's dtype, for the row's next step; reused: N, 1 where
 * blocks were left out. Needs no gradients. */
irs_status irs_flux_velocity_reusing(irs_tensor **velocity, irs_tensor **features, int32_t *reused, const irs_flux *flux,
                                     const irs_tensor *img, int32_t n, const irs_plan *const *plans, const int32_t *steps,
                                     const irs_plan *const *negatives, const float *true_cfg,
                                     const irs_tensor *const *last, float threshold);

/* Whether the blocks' linear layers multiply in FP8 (E4M3, a scale for each row of input and weight), a lossy tier: needs
 * a flux in bf16 with a width that is a multiple of 16. On CUDA below compute capability 8.9 a layer's weight is widened to
 * bf16 before it is multiplied: no faster, with the weights' rounding alone. Their weights are kept in bf16 as well. Merging
 * LoRAs goes on working. */
irs_status irs_flux_fp8(irs_flux *flux, int32_t on);

#endif
