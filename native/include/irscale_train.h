/*
 * The part of irscale.h that training needs; irscale.h includes it, and its conventions hold.
 */
#ifndef IRSCALE_TRAIN_H
#define IRSCALE_TRAIN_H

/* ---- training ------------------------------------------------------------------------------------------------- */

/* Whether the forwards that this thread calls are recorded; returns what it was. They are encoding text and images, plans,
 * velocity, the VAE, packing and losses. What they return then carries the graph, which irs_loss_backward follows to the trainable weights. Off in
 * a new thread. Tensors that carry a graph hold the activations of everything behind them until they are freed. */
int32_t irs_recording_set(int32_t enabled);

/* Gives every tensor of the set a storage of its own, in the set's device and dtype, and makes it trainable. Models made
 * from the set afterwards compute with these tensors: what the optimizer changes, they see. Keep the set while they
 * live. IRS_NOT_LOADED where libtorch lacks the one C++ symbol that reads a gradient. */
irs_status irs_weights_train(irs_weights *weights);

/* From now on a model made from the set gets initial values for the tensors that the set misses, and leaves them in it:
 * 1 for the weights of norms, 0 for biases, for FLUX's modulations and for its last layer (arXiv 2212.09748), 0.02 times
 * a normal draw for embeddings, and elsewhere a normal draw over the square root of the inputs. Each is a function of
 * seed and name. */
irs_status irs_weights_initialize(irs_weights *weights, uint64_t seed);

/* The tensors of the set in the order of their names: how many, and the name of one, valid while the set is unchanged. */
irs_status irs_weights_count(int32_t *out, const irs_weights *weights);
irs_status irs_weights_name(const char **out, const irs_weights *weights, int32_t index);

/* The tensor called `name` as models compute with it; shares its storage. */
irs_status irs_weights_get(irs_tensor **out, const irs_weights *weights, const char *name);

/* A LoRA whose factors are trainable tensors called <module>.lora_A.weight (rank, in) and <module>.lora_B.weight (out,
 * rank), for recorded forwards of a model in `dtype`. Values are as they are at the call: make it anew for every step.
 * scale: alpha / rank. dropout: the share of A's inputs left out, in [0, 1), a function of seed, layer and position. */
irs_status irs_lora_train(irs_lora **out, const irs_weights *factors, int32_t dtype, double scale, float dropout,
                          uint64_t seed);

/* Losses: one number a row, (N) in f32. */

/* Mean of (velocity - (noise - x0))^2 (arXiv 2209.03003, eq. 1); all three of one shape (N, ...). */
irs_status irs_loss_flow(irs_tensor **out, const irs_tensor *velocity, const irs_tensor *x0, const irs_tensor *noise);

/* The same of the velocity at img (N, T, in_channels), with the gradient of sum(shares[i] losses[i]) added to every
 * trainable tensor's own: irs_flux_velocity, irs_loss_flow and irs_loss_backward in one, in the memory of one block's
 * graph and every block's input (gradient checkpointing, arXiv 1604.06174) and the time of another forward. The gradients
 * are the same. Plans and LoRAs must be recorded; the plans' graph is gone afterwards. x0, noise (N, T, out_channels). */
irs_status irs_loss_flow_checkpointed(irs_tensor **out, const irs_flux *flux, const irs_tensor *img, int32_t n,
                                      const irs_plan *const *plans, const int32_t *steps, const irs_tensor *x0,
                                      const irs_tensor *noise, const float *shares);

/* Mean of weight (square d^2 + absolute |d|) + edges (|dx d| + |dy d|) for d = decoded - images, both (N, C, H, W), and
 * differences of neighbours dx and dy. weight: (N, 1, H, W) or NULL for 1. */
irs_status irs_loss_reconstruction(irs_tensor **out, const irs_tensor *decoded, const irs_tensor *images,
                                   const irs_tensor *weight, float square, float absolute, float edges);

/* Mean of the KL divergence of N(mean, exp(logvar)) from N(0, 1) (arXiv 1312.6114, appendix B). */
irs_status irs_loss_kl(irs_tensor **out, const irs_tensor *mean, const irs_tensor *logvar);

/* Cross-entropy of exp(logit_scale) cosine(a, b) with target (N, M), whose rows are probabilities over b's rows (arXiv
 * 2103.00020, figure 3): images against texts, or texts against images. a (N, projection), b (M, projection), of unit
 * length. */
irs_status irs_loss_contrastive(irs_tensor **out, const irs_clip *clip, const irs_tensor *a, const irs_tensor *b,
                                const irs_tensor *target);

/* 1 - cosine of rows a and b, both (N, d) of unit length. */
irs_status irs_loss_cosine(irs_tensor **out, const irs_tensor *a, const irs_tensor *b);

/* Cross-entropy of features weight^T + bias with target (N, classes) of probabilities: features (N, d), weight (classes,
 * d), bias (classes). */
irs_status irs_loss_classes(irs_tensor **out, const irs_tensor *features, const irs_tensor *weight,
                            const irs_tensor *bias, const irs_tensor *target);

/* Sum of factors[i] losses[i], n >= 1 losses of one shape (N). */
irs_status irs_loss_sum(irs_tensor **out, int32_t n, const irs_tensor *const *losses, const float *factors);

/* Follows the graph behind sum(shares[i] losses[i]) and adds its gradient to every trainable tensor's own. losses (N);
 * frees the graph: once. */
irs_status irs_loss_backward(const irs_tensor *losses, int32_t n, const float *shares);

/* A draw from N(mean, exp(logvar)), as the transformer sees latents: (mean + exp(logvar / 2) noise - shift) scaling. All
 * of one shape. */
irs_status irs_vae_sample(irs_tensor **out, const irs_vae *vae, const irs_tensor *mean, const irs_tensor *logvar,
                          const irs_tensor *noise);

/* Means over the positions of (N, C, H, W): (N, C). */
irs_status irs_tensor_pool(irs_tensor **out, const irs_tensor *x);

#define IRS_ADAMW_WEIGHT 0  /* in f32; what models see is this, rounded to their dtype */
#define IRS_ADAMW_MEAN 1    /* of gradients */
#define IRS_ADAMW_SQUARE 2  /* of gradients, squared */
#define IRS_ADAMW_AVERAGE 3 /* of weights over steps */

typedef struct irs_adamw_settings {
    double learning_rate;
    double beta1;
    double beta2;
    double eps;
    double weight_decay;  /* of tensors with 2 dimensions or more; 0 for the rest */
    double max_norm;      /* the gradient is scaled down to it */
    double average_decay; /* average = decay average + (1 - decay) weight */
} irs_adamw_settings;

/* AdamW (arXiv 1711.05101; libtorch's fused kernel) over all tensors of a trainable set, in f32 whatever their dtype:
 * 12 bytes a number for f32 weights, 16 for bf16 (f32 weight, gradient and two moments, less what f32 weights share), 4
 * more with an average. */
irs_status irs_adamw_create(irs_adamw **out, const irs_weights *trainable, int32_t average);

/* Adds `share` times the gradients that irs_loss_backward has left to those gathered, in f32, and clears them. */
irs_status irs_adamw_gather(irs_adamw *adamw, float share);

/* One update by the gathered gradients, which it clears; tensors that none reached stay as they are. norm: of the
 * gradient before scaling. A gradient that is not finite is refused, and nothing changes. */
irs_status irs_adamw_step(double *norm, irs_adamw *adamw, const irs_adamw_settings *settings);

/* One of the IRS_ADAMW_* tensors of the weight called `name`; shares its storage. */
irs_status irs_adamw_state(irs_tensor **out, const irs_adamw *adamw, const char *name, int32_t kind);

/* Replaces its values, and those of the model with IRS_ADAMW_WEIGHT. */
irs_status irs_adamw_restore(irs_adamw *adamw, const char *name, int32_t kind, const irs_tensor *values);

/* Updates made, which the moments' correction for their start depends on. */
irs_status irs_adamw_steps(int64_t *out, const irs_adamw *adamw);
irs_status irs_adamw_set_steps(irs_adamw *adamw, int64_t steps);

void irs_adamw_free(irs_adamw *adamw);

#endif
