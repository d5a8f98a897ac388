package io.irscale.text;

import io.irscale.tensor.JsonConfig;

/** CLIP's activation functions, by the name that {@code hidden_act} gives; the code is {@code IRS_ACT_*}. */
final class Activation {
    private Activation() {}

    static int code(JsonConfig config) {
        String name = config.text("hidden_act", "quick_gelu");
        return switch (name) {
            case "quick_gelu" -> 0;
            case "gelu" -> 1;
            case "gelu_new", "gelu_pytorch_tanh" -> 2;
            default -> throw config.wrong("hidden_act", name, "quick_gelu, gelu, gelu_new or gelu_pytorch_tanh");
        };
    }
}
