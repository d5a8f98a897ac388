package io.irscale.lora;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of a file's keys: every key is either matched or unmatched.
 *
 * @param matched keys that the updates are made of, in file order
 * @param unmatched keys without effect, in file order, and why
 */
public record LoraMatch(List<String> matched, Map<String, Reason> unmatched) {
    /** Why a key is without effect. */
    public enum Reason {
        /** The layer is not in the model. */
        NO_SUCH_LAYER("the model has no such linear layer"),
        /** irscale applies LoRAs to the transformer and to CLIP. */
        T5("the T5 text encoder is not adapted"),
        /** ComfyUI's {@code .set_weight} and {@code .reshape_weight}. */
        REPLACEMENT("replaces a weight instead of adding to it"),
        /** Anything but a difference of a norm's weight or bias. */
        NORM("cannot be added to a norm"),
        /** A factor with four dimensions, or LoCon's middle factor. */
        CONVOLUTION("belongs to a convolution, and the model has none"),
        /** An alpha, magnitude or bias without factors. */
        LONE("there are no factors beside it"),
        /** Anything else. */
        NO_FACTOR("is not a tensor of an update");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** The reason in words. */
        public String text() {
            return text;
        }

        /** Why a name that {@link LoraKey} cannot read is without effect. */
        static Reason ofUnread(String name) {
            return name.endsWith(".set_weight") || name.endsWith(".reshape_weight") ? REPLACEMENT : NO_FACTOR;
        }
    }

    public LoraMatch {
        matched = List.copyOf(matched);
        unmatched = Collections.unmodifiableMap(new LinkedHashMap<>(unmatched));
    }

    /** Whether every key has its effect. */
    public boolean complete() {
        return unmatched.isEmpty();
    }

    /** A few of the unmatched keys with their reasons, in one line. */
    String examples() {
        return unmatched.entrySet().stream()
                .limit(3)
                .map(entry -> "'" + entry.getKey() + "' (" + entry.getValue().text + ")")
                .collect(Collectors.joining(", "));
    }
}
