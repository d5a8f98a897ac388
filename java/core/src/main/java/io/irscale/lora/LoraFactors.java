package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tensors that a file has for one name, and the rules that they must keep. */
final class LoraFactors {
    private final Path file;
    private final Map<LoraKey.Role, StoredTensor> tensors = new EnumMap<>(LoraKey.Role.class);
    private final List<String> keys = new ArrayList<>();

    LoraFactors(Path file) {
        this.file = file;
    }

    void add(LoraKey.Role role, StoredTensor tensor) {
        StoredTensor other = tensors.putIfAbsent(role, tensor);
        if (other != null) {
            throw new InvalidInputException("%s: tensor '%s' gives the same factor of the same layer as '%s'"
                    .formatted(file, tensor.name(), other.name()));
        }
        keys.add(tensor.name());
    }

    List<String> keys() {
        return keys;
    }

    /** Why they are without effect; empty if they have one. */
    Optional<LoraMatch.Reason> effect() {
        if (!tensors.containsKey(LoraKey.Role.A) && !tensors.containsKey(LoraKey.Role.B)) {
            return Optional.of(LoraMatch.Reason.LONE_ALPHA);
        }
        return tensors.values().stream().anyMatch(tensor -> tensor.shape().size() == 4)
                ? Optional.of(LoraMatch.Reason.CONVOLUTION)
                : Optional.empty();
    }

    /** A, which must be (rank, in) with a rank of at least 1. */
    StoredTensor a(List<String> modules, long in) {
        StoredTensor a = factor(LoraKey.Role.A, LoraKey.Role.B);
        if (a.shape().size() != 2 || a.shape().get(0) < 1 || a.shape().get(1) != in) {
            throw wrongShape(a, modules, "[rank of at least 1, " + in + "]");
        }
        return a;
    }

    /** B, which must be (out, rank). */
    StoredTensor b(List<String> modules, long out, StoredTensor a) {
        StoredTensor b = factor(LoraKey.Role.B, LoraKey.Role.A);
        long rank = a.shape().getFirst();
        if (!b.shape().equals(List.of(out, rank))) {
            throw wrongShape(b, modules, "[" + out + ", " + rank + "] for the rank of '" + a.name() + "'");
        }
        return b;
    }

    /**
     * What the product counts: alpha / rank by the file's tensor, or else by its metadata, or else 1. diffusers refuses
     * files that have both.
     */
    double scale(LoraMetadata metadata, LoraTarget target, String module, StoredTensor a) {
        long rank = a.shape().getFirst();
        StoredTensor alpha = tensors.get(LoraKey.Role.ALPHA);
        double scale = alpha == null ? metadata.scale(target, module, a) : Scalars.read(alpha) / rank;
        if (!Double.isFinite(scale) || scale == 0) {
            throw new InvalidInputException("%s: %s makes the scale of %s %s, expected a finite number other than 0"
                    .formatted(
                            file,
                            alpha == null ? "the adapter's configuration" : "tensor '" + alpha.name() + "'",
                            module,
                            scale));
        }
        return scale;
    }

    private StoredTensor factor(LoraKey.Role role, LoraKey.Role other) {
        StoredTensor tensor = tensors.get(role);
        if (tensor == null) {
            throw new InvalidInputException("%s: tensor '%s' has no factor %s beside it"
                    .formatted(
                            file,
                            tensors.containsKey(other) ? tensors.get(other).name() : keys.getFirst(),
                            role));
        }
        if (!tensor.dtype().isFloat()) {
            throw new InvalidInputException("%s: tensor '%s' is %s, expected one of %s"
                    .formatted(file, tensor.name(), tensor.dtype(), DType.floats()));
        }
        return tensor;
    }

    private InvalidInputException wrongShape(StoredTensor tensor, List<String> modules, String expected) {
        return new InvalidInputException("%s: tensor '%s' of shape %s does not fit %s: expected %s"
                .formatted(file, tensor.name(), tensor.shape(), String.join(" + ", modules), expected));
    }
}
