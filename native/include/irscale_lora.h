/*
 * LoRA and its kin: weight + scale times an update. Part of irscale.h, which includes it and states the conventions.
 */
#ifndef IRSCALE_LORA_H
#define IRSCALE_LORA_H

#ifndef IRSCALE_H
#error "include irscale.h"
#endif

/* An empty set of updates for models on `device` in `dtype` (f32 or bf16). */
irs_status irs_lora_create(irs_lora **out, int32_t device, int32_t dtype);

/* Each of these adds the update of one linear layer, by its diffusers or transformers module name (CLIP: from "encoder."
 * on). Tensors are of any floating-point dtype, finite and copied; a layer has one update. scale: alpha / rank, finite. */

/* LoRA (arXiv 2106.09685): b a, with a (rank, in) and b (out, rank). */
irs_status irs_lora_put(irs_lora *lora, const char *module, const irs_tensor *a, const irs_tensor *b, double scale);

/* LoKr (LyCORIS functional/lokr.py): `rows` rows from `first_row` on, in a circle, of kron(w1, w2), with w1 (a, b) and
 * w2 (c, d): the layer's own rows of a product (a c, b d) that stands for several layers, or for halves in the other
 * order. w1 is w1_a times w1_b where w1_b is not NULL, else w1_a itself; so is w2. */
irs_status irs_lora_put_kronecker(irs_lora *lora, const char *module, const irs_tensor *w1_a, const irs_tensor *w1_b,
                                  const irs_tensor *w2_a, const irs_tensor *w2_b, int64_t first_row, int64_t rows,
                                  double scale);

/* LoHa (LyCORIS functional/loha.py): (w1_a w1_b) times (w2_a w2_b), element by element; w*_a (out, rank), w*_b (rank, in). */
irs_status irs_lora_put_hadamard(irs_lora *lora, const char *module, const irs_tensor *w1_a, const irs_tensor *w1_b,
                                 const irs_tensor *w2_a, const irs_tensor *w2_b, double scale);

/* A whole matrix (out, in). */
irs_status irs_lora_put_difference(irs_lora *lora, const char *module, const irs_tensor *weight, double scale);

/* What is added to a linear layer's bias or to a norm's weight or bias, by the parameter's name: (size). */
irs_status irs_lora_put_vector(irs_lora *lora, const char *parameter, const irs_tensor *difference, double scale);

#define IRS_DORA_PEFT 0  /* m (W + s D) / |W + s D|, of the update D and the user's scale s */
#define IRS_DORA_COMFY 1 /* W + s (m (W + D) / |W + D| - W) */

/* DoRA (arXiv 2402.09353): gives the rows (by_row != 0) or the columns of the changed weight of a layer that was put the
 * norms `magnitude`, (out) or (in). A column goes through all n_layers of `layers`, which a file has as one layer. */
irs_status irs_lora_set_magnitude(irs_lora *lora, const char *module, const irs_tensor *magnitude, int32_t by_row,
                                  int32_t rule, int32_t n_layers, const char *const *layers);

void irs_lora_free(irs_lora *lora);

#endif
