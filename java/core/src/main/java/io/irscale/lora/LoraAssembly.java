package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraKey.Role;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the updates of the layers that one name of a file stands for out of the file's tensors for it. */
final class LoraAssembly {
    private final Path file;
    private final LoraTarget target;
    private final LoraSite site;
    private final LoraModules model;
    private final LoraFactors factors;
    private final LoraMetadata metadata;
    private final Arena arena;

    LoraAssembly(
            Path file,
            LoraTarget target,
            LoraSite site,
            LoraModules model,
            LoraFactors factors,
            LoraMetadata metadata,
            Arena arena) {
        this.file = file;
        this.target = target;
        this.site = site;
        this.model = model;
        this.factors = factors;
        this.metadata = metadata;
        this.arena = arena;
    }

    /** A layer's own rows among those of all layers. */
    private record Part(String module, long begin, long end) {}

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        long row = 0;
        for (String module : site.modules()) {
            long end = row + model.shape(module).out();
            parts.add(new Part(module, row, end));
            row = end;
        }
        return parts;
    }

    private long rows() {
        return parts().getLast().end;
    }

    private long in() {
        return model.shape(site.modules().getFirst()).in();
    }

    /** Of a linear layer's weight. */
    List<LoraUpdate> updates() {
        return factors.family()
                .map(family -> parts().stream()
                        .map(part -> {
                            LoraTerm term = term(family, part);
                            double scale = factors.scale(metadata, target, part.module, term);
                            return new LoraUpdate(target, part.module, term, magnitude(part), scale, factors.keys());
                        })
                        .toList())
                .orElse(List.of());
    }

    private LoraTerm term(LoraFactors.Family family, Part part) {
        return switch (family) {
            case LOW_RANK -> {
                StoredTensor a = factors.require(Role.A, -1, in());
                yield new LoraTerm.LowRank(
                        a, own(factors.require(Role.B, rows(), a.shape().getFirst()), part));
            }
            case KRONECKER -> kronecker(part);
            case HADAMARD -> {
                StoredTensor w1a = factors.require(Role.HADA_W1_A, rows(), -1);
                StoredTensor w2a = factors.require(Role.HADA_W2_A, rows(), -1);
                yield new LoraTerm.Hadamard(
                        own(w1a, part),
                        factors.require(Role.HADA_W1_B, w1a.shape().getLast(), in()),
                        own(w2a, part),
                        factors.require(Role.HADA_W2_B, w2a.shape().getLast(), in()));
            }
            case DIFFERENCE -> new LoraTerm.Difference(own(factors.require(Role.DIFFERENCE, rows(), in()), part));
        };
    }

    private LoraTerm kronecker(Part part) {
        LoraTerm.Factor w1 = factors.factor(Role.W1, Role.W1_A, Role.W1_B);
        LoraTerm.Factor w2 = factors.factor(Role.W2, Role.W2_A, Role.W2_B);
        if (w1.rows() * w2.rows() != rows() || w1.columns() * w2.columns() != in()) {
            throw new InvalidInputException("%s: tensors '%s' and '%s' make a matrix of [%d, %d], but %s is [%d, %d]"
                    .formatted(
                            file,
                            w1.left().name(),
                            w2.left().name(),
                            w1.rows() * w2.rows(),
                            w1.columns() * w2.columns(),
                            String.join(" + ", site.modules()),
                            rows(),
                            in()));
        }
        long first = part.begin + (site.swapHalves() ? rows() / 2 : 0);
        return new LoraTerm.Kronecker(w1, w2, first, part.end - part.begin);
    }

    // LyCORIS has (out, 1) or (1, in) by its option wd_on_out (modules/locon.py), PEFT (out).
    private Optional<Magnitude> magnitude(Part part) {
        Optional<StoredTensor> peft = factors.find(Role.MAGNITUDE);
        Optional<StoredTensor> found = peft.or(() -> factors.find(Role.DORA_SCALE));
        Magnitude.Rule rule = peft.isPresent() ? Magnitude.Rule.PEFT : Magnitude.Rule.COMFY;
        return found.map(tensor -> {
            long rows = rows();
            if (tensor.shape().equals(List.of(rows)) || tensor.shape().equals(List.of(rows, 1L))) {
                StoredTensor own = own(tensor, part).reshape(part.end - part.begin);
                return new Magnitude(own, true, rule, site.modules());
            }
            if (rule == Magnitude.Rule.COMFY && tensor.shape().equals(List.of(1L, in()))) {
                return new Magnitude(tensor.reshape(in()), false, rule, site.modules());
            }
            throw factors.wrongShape(tensor, "[" + rows + ", 1] or [1, " + in() + "]");
        });
    }

    /** Of a bias, or of a norm. */
    List<VectorUpdate> vectors() {
        Optional<LoraModules.Norm> norm = model.norm(site);
        if (norm.isPresent()) {
            List<VectorUpdate> updates = new ArrayList<>();
            String name = site.modules().getFirst();
            long width = norm.get().width();
            factors.vector(Role.DIFFERENCE, width).ifPresent(own -> updates.add(vector(name + ".weight", own, 1)));
            factors.vector(Role.BIAS_DIFFERENCE, width).ifPresent(own -> updates.add(vector(name + ".bias", own, 1)));
            return updates;
        }
        Optional<StoredTensor> difference = factors.vector(Role.BIAS_DIFFERENCE, rows());
        Optional<StoredTensor> ofB = factors.vector(Role.B_BIAS, rows());
        if (difference.isPresent() && ofB.isPresent()) {
            throw new InvalidInputException("%s: tensors '%s' and '%s' update one bias, expected one of them"
                    .formatted(file, difference.get().name(), ofB.get().name()));
        }
        return difference
                .or(() -> ofB)
                .map(whole -> parts().stream()
                        .map(part -> vector(
                                part.module + ".bias",
                                own(whole, part),
                                // PEFT scales what B adds to it (tuners/lora/layer.py, merge).
                                ofB.isPresent() ? factors.scale(metadata, target, part.module, lowRank(part)) : 1))
                        .toList())
                .orElse(List.of());
    }

    private LoraTerm lowRank(Part part) {
        return term(LoraFactors.Family.LOW_RANK, part);
    }

    private VectorUpdate vector(String parameter, StoredTensor difference, double scale) {
        return new VectorUpdate(target, parameter, difference, scale, List.of(difference.name()));
    }

    private StoredTensor own(StoredTensor whole, Part part) {
        return (site.swapHalves() ? whole.swapHalves(arena) : whole).rows(part.begin, part.end);
    }
}
