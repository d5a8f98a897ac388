package io.irscale.text;

import io.irscale.tensor.JsonConfig;

/** The activation functions of CLIP and SigLIP; the code is {@code IRS_ACT_*}. */
public final class Activation {
    /** x sigmoid(1.702 x), as OpenAI's CLIP has it. */
    public static final int QUICK_GELU = 0;
    /** With the error function. */
    public static final int GELU = 1;
    /** With tanh. */
    public static final int GELU_TANH = 2;

    private Activation() {}

    /** By the name that transformers' {@code hidden_act} gives, else {@code absent}. */
    static int code(JsonConfig config, String absent) {
        String name = config.text("hidden_act", absent);
        return switch (name) {
            case "quick_gelu" -> QUICK_GELU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> GELU_TANH;
            default -> throw config.wrong("hidden_act", name, "quick_gelu, gelu, gelu_new or gelu_pytorch_tanh");
        };
    }
}
