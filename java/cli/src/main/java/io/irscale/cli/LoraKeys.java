package io.irscale.cli;

import io.irscale.lora.LoraMatch;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Tells of the keys of a LoRA that have no effect. */
final class LoraKeys {
    private static final int EXAMPLES = 3;

    private LoraKeys() {}

    /** How many there are, and a few of them with reasons; empty if there are none. */
    static Optional<String> complaint(LoraMatch match) {
        if (match.complete()) {
            return Optional.empty();
        }
        String examples = match.unmatched().entrySet().stream()
                .limit(EXAMPLES)
                .map(key -> "'" + key.getKey() + "' (" + key.getValue().text() + ")")
                .collect(Collectors.joining(", "));
        int unmatched = match.unmatched().size();
        return Optional.of("%d of %d keys have no effect, such as %s"
                .formatted(unmatched, unmatched + match.matched().size(), examples));
    }

    /** Each with its reason. */
    static void write(ObjectNode out, LoraMatch match) {
        match.unmatched().forEach((key, reason) -> out.put(key, reason.text()));
    }
}
