package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.List;

/**
 * A LoRA file's updates for the model at hand. The tensors are pieces of the {@link LoraFile} and valid until that
 * closes.
 *
 * @param file where it comes from
 * @param format who wrote it
 * @param updates of linear layers' weights, at most one for each, in file order
 * @param vectors updates of biases and norms, at most one for each; there is at least one of either sort
 * @param match what became of the file's keys
 */
public record Lora(
        Path file, LoraFormat format, List<LoraUpdate> updates, List<VectorUpdate> vectors, LoraMatch match) {
    public Lora {
        updates = List.copyOf(updates);
        vectors = List.copyOf(vectors);
    }

    /** The updates of one model's weights. */
    public List<LoraUpdate> updates(LoraTarget target) {
        return updates.stream().filter(update -> update.target() == target).toList();
    }

    /** The updates of one model's biases and norms. */
    public List<VectorUpdate> vectors(LoraTarget target) {
        return vectors.stream().filter(update -> update.target() == target).toList();
    }

    /**
     * Insists that every key has its effect.
     *
     * @throws InvalidInputException if one has not, naming a few and why
     */
    public void requireComplete() {
        if (!match.complete()) {
            throw new InvalidInputException("%s: %d of %d keys do not fit the model, such as %s"
                    .formatted(
                            file,
                            match.unmatched().size(),
                            match.matched().size() + match.unmatched().size(),
                            match.examples()));
        }
    }
}
