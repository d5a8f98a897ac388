package io.irscale.text;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The activation functions of published CLIPs, which no weight tells. */
public enum ClipActivation {
    /** {@code x sigmoid(1.702 x)}: OpenAI's, and what was trained on from it. */
    QUICK_GELU(Activation.QUICK_GELU),
    /** By the error function: what open_clip trained from the start. */
    GELU(Activation.GELU);

    private final int code;

    ClipActivation(int code) {
        this.code = code;
    }

    /** {@code IRS_ACT_*}. */
    int code() {
        return code;
    }

    /** Of a label. */
    public static Optional<ClipActivation> named(String label) {
        return Stream.of(values()).filter(each -> each.label().equals(label)).findFirst();
    }

    /** As users write it: {@code quick-gelu} or {@code gelu}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
