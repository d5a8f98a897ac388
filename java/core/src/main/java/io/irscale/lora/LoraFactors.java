package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraKey.Role;
import io.irscale.tensor.DType;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tensors that a file has for one name. */
final class LoraFactors {
    /** Sorts of update. */
    enum Family {
        LOW_RANK,
        KRONECKER,
        HADAMARD,
        DIFFERENCE;

        /** The sort that a tensor belongs to; empty for what goes with any. */
        private static Optional<Family> of(Role role) {
            return switch (role) {
                case A, B -> Optional.of(LOW_RANK);
                case W1, W1_A, W1_B, W2, W2_A, W2_B -> Optional.of(KRONECKER);
                case HADA_W1_A, HADA_W1_B, HADA_W2_A, HADA_W2_B -> Optional.of(HADAMARD);
                case DIFFERENCE -> Optional.of(DIFFERENCE);
                default -> Optional.empty();
            };
        }
    }

    private final Path file;
    private final String layers;
    private final Map<Role, StoredTensor> tensors = new EnumMap<>(Role.class);
    private final List<String> keys = new ArrayList<>();

    /** @param layers what the file's name for them stands for, for messages */
    LoraFactors(Path file, List<String> layers) {
        this.file = file;
        this.layers = String.join(" + ", layers);
    }

    void add(Role role, StoredTensor tensor) {
        StoredTensor other = tensors.putIfAbsent(role, tensor);
        if (other != null) {
            throw new InvalidInputException("%s: tensor '%s' gives the same factor of the same layer as '%s'"
                    .formatted(file, tensor.name(), other.name()));
        }
        keys.add(tensor.name());
    }

    /** The file's names for those with an effect. */
    List<String> keys() {
        return keys;
    }

    /**
     * Takes out what is without effect.
     *
     * @param norm the norm that they belong to; empty for linear layers
     * @return the keys taken out, and why
     */
    Map<String, LoraMatch.Reason> takeIneffective(Optional<LoraModules.Norm> norm) {
        Map<String, LoraMatch.Reason> out = new LinkedHashMap<>();
        boolean convolution =
                tensors.values().stream().anyMatch(tensor -> tensor.shape().size() > 2);
        take(convolution ? Set.copyOf(tensors.keySet()) : Set.of(Role.MIDDLE), LoraMatch.Reason.CONVOLUTION, out);
        norm.ifPresent(of -> {
            Set<Role> places = of.bias() ? Set.of(Role.DIFFERENCE, Role.BIAS_DIFFERENCE) : Set.of(Role.DIFFERENCE);
            List<Role> others = tensors.keySet().stream()
                    .filter(role -> !places.contains(role))
                    .toList();
            take(Set.copyOf(others), LoraMatch.Reason.NORM, out);
        });
        if (families().isEmpty()) {
            take(Set.of(Role.ALPHA, Role.DORA_SCALE, Role.MAGNITUDE, Role.B_BIAS), LoraMatch.Reason.LONE, out);
        }
        return out;
    }

    private void take(Set<Role> roles, LoraMatch.Reason reason, Map<String, LoraMatch.Reason> out) {
        for (Role role : roles) {
            StoredTensor tensor = tensors.remove(role);
            if (tensor != null) {
                keys.remove(tensor.name());
                out.put(tensor.name(), reason);
            }
        }
    }

    private List<Family> families() {
        return tensors.keySet().stream()
                .flatMap(role -> Family.of(role).stream())
                .distinct()
                .toList();
    }

    /**
     * The sort of update; empty where only a bias is updated.
     *
     * @throws InvalidInputException if there are tensors of two
     */
    Optional<Family> family() {
        List<Family> families = families();
        if (families.size() > 1) {
            throw new InvalidInputException(
                    "%s: keys %s update one layer in two ways, expected one".formatted(file, String.join(", ", keys)));
        }
        return families.stream().findFirst();
    }

    /** The tensor of a role. */
    Optional<StoredTensor> find(Role role) {
        Optional<StoredTensor> found = Optional.ofNullable(tensors.get(role));
        found.filter(tensor -> !tensor.dtype().isFloat()).ifPresent(tensor -> {
            throw new InvalidInputException("%s: tensor '%s' is %s, expected one of %s"
                    .formatted(file, tensor.name(), tensor.dtype(), DType.floats()));
        });
        return found;
    }

    /** A matrix, or a product of two. */
    LoraTerm.Factor factor(Role whole, Role left, Role right) {
        Optional<StoredTensor> matrix = find(whole);
        if (matrix.isPresent()) {
            if (tensors.containsKey(left) || tensors.containsKey(right)) {
                throw new InvalidInputException("%s: tensor '%s' is there as a product too, expected one of both"
                        .formatted(file, matrix.get().name()));
            }
            return new LoraTerm.Factor(require(whole, -1, -1), Optional.empty());
        }
        StoredTensor a = require(left, -1, -1);
        return new LoraTerm.Factor(a, Optional.of(require(right, a.shape().getLast(), -1)));
    }

    /**
     * The matrix of a role.
     *
     * @param rows expected, -1 for any number from 1 on
     * @param columns likewise
     */
    StoredTensor require(Role role, long rows, long columns) {
        StoredTensor tensor = find(role)
                .orElseThrow(() -> new InvalidInputException(
                        "%s: tensor '%s' has no factor %s beside it".formatted(file, keys.getFirst(), role)));
        if (tensor.shape().size() != 2
                || !fits(tensor.shape().get(0), rows)
                || !fits(tensor.shape().get(1), columns)) {
            throw wrongShape(tensor, "[" + size(rows) + ", " + size(columns) + "]");
        }
        return tensor;
    }

    /** The vector of a role, of {@code size} elements. */
    Optional<StoredTensor> vector(Role role, long size) {
        return find(role).map(tensor -> {
            if (tensor.elements() != size || tensor.shape().size() != 1) {
                throw wrongShape(tensor, "[" + size + "]");
            }
            return tensor;
        });
    }

    private static boolean fits(long size, long expected) {
        return expected < 0 ? size > 0 : size == expected;
    }

    private static String size(long expected) {
        return expected < 0 ? "at least 1" : Long.toString(expected);
    }

    InvalidInputException wrongShape(StoredTensor tensor, String expected) {
        String beside = keys.stream()
                .filter(key -> !key.equals(tensor.name()))
                .findFirst()
                .map(key -> " beside '" + key + "'")
                .orElse("");
        return new InvalidInputException("%s: tensor '%s' of shape %s does not fit %s: expected %s%s"
                .formatted(file, tensor.name(), tensor.shape(), layers, expected, beside));
    }

    /**
     * What the term counts: by the file's alpha, or else by its metadata, or else 1; diffusers refuses files that have
     * both. A whole matrix counts 1, and so does a Kronecker product without rank beside an alpha: LyCORIS {@code
     * modules/lokr.py} and ComfyUI {@code weight_adapter/lokr.py} ignore it there, while PEFT always divides by the rank
     * of its configuration.
     */
    double scale(LoraMetadata metadata, LoraTarget target, String module, LoraTerm term) {
        if (term instanceof LoraTerm.Difference) {
            return 1;
        }
        StoredTensor alpha = tensors.get(Role.ALPHA);
        double scale = alpha == null
                ? metadata.scale(target, module, term)
                : term.rank().map(rank -> Scalars.read(alpha) / rank).orElse(1.0);
        if (!Double.isFinite(scale)) {
            throw new InvalidInputException("%s: %s makes the scale of %s %s, expected a finite number"
                    .formatted(
                            file,
                            alpha == null ? "the adapter's configuration" : "tensor '" + alpha.name() + "'",
                            module,
                            scale));
        }
        return scale;
    }
}
