package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.util.Collection;
import java.util.regex.Pattern;

/** Quantised formats that irscale does not read, told by the tensors beside their weights. The first that fits counts. */
enum ForeignQuantization {
    /** SVDQuant. */
    NUNCHAKU("Nunchaku", "\\.(wscales|wcscales|wtscale|smooth_factor|smooth_factor_orig)$"),
    /** GPTQ and AWQ. */
    GPTQ("GPTQ or AWQ", "\\.(qzeros|g_idx)$"),
    /** NVIDIA's 4-bit floats with two levels of scales. */
    NVFP4("NVFP4", "\\.(weight_scale_2|pre_quant_scale)$"),
    /** NVIDIA ModelOpt. */
    MODEL_OPT("ModelOpt", "(^|\\.)(weight|input|output)_quantizer\\.|\\._amax$"),
    /** optimum-quanto. */
    QUANTO("quanto", "\\.weight\\._(data|scale|shift)$"),
    /** Scales of blocks of 128 x 128. */
    BLOCK_FP8("fp8 with scales of blocks", "\\.weight_scale_inv$"),
    /** LLM.int8(). */
    INT8("int8 of bitsandbytes", "\\.SCB$"),
    /** What a conversion left of 4-bit weights. */
    BITS_AND_BYTES("bitsandbytes without its quant_state", "\\.(absmax|quant_map|nested_absmax|nested_quant_map)$");

    private final String title;
    private final Pattern names;

    ForeignQuantization(String title, String names) {
        this.title = title;
        this.names = Pattern.compile(names);
    }

    /** @throws InvalidInputException if one of these tensors shows such a format, naming it and the remedy */
    static void refuse(Collection<StoredTensor> tensors) {
        for (ForeignQuantization format : values()) {
            tensors.stream()
                    .filter(tensor -> format.names.matcher(tensor.name()).find())
                    .findFirst()
                    .ifPresent(tensor -> {
                        throw new InvalidInputException(
                                "%s: tensor '%s' shows %s, which irscale does not read; get the model"
                                                .formatted(
                                                        tensor.file(), StrictJson.oneLine(tensor.name()), format.title)
                                        + " in bf16, fp8, nf4 or as GGUF");
                    });
        }
    }
}
