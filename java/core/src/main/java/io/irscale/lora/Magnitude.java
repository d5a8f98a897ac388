package io.irscale.lora;

import io.irscale.tensor.StoredTensor;
import java.util.List;

/**
 * The norms that DoRA gives the rows or columns of the changed weight (arXiv 2402.09353).
 *
 * @param values of every row (out) or of every column (in)
 * @param byRow whether of rows, as PEFT and LyCORIS have it now; else of columns, as the paper and early LyCORIS have it
 * @param rule how the user's scale counts
 * @param layers the layers that a column goes through: those that the file has as one
 */
public record Magnitude(StoredTensor values, boolean byRow, Rule rule, List<String> layers) {
    /** How the user's scale s counts for a weight W, its update D and magnitudes m; all the same at s = 1. */
    public enum Rule {
        /** m (W + s D) / ‖W + s D‖: PEFT {@code tuners/lora/dora.py} and {@code set_scale}. */
        PEFT(0),
        /**
         * W + s (m (W + D) / ‖W + D‖ - W): the norm as LyCORIS trains it ({@code modules/locon.py}, {@code
         * apply_weight_decompose}), the strength as ComfyUI counts it ({@code weight_adapter/base.py}, {@code
         * weight_decompose}, which divides rows by ‖W‖ alone).
         */
        COMFY(1);

        private final int code;

        Rule(int code) {
            this.code = code;
        }

        /** {@code IRS_DORA_*}. */
        int code() {
            return code;
        }
    }

    public Magnitude {
        layers = List.copyOf(layers);
    }
}
