package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Sorts a file's tensors by the layers that they update, then makes the updates. */
final class LoraMatcher {
    private final Path file;
    private final Map<LoraTarget, LoraModules> models;
    private final LoraMetadata metadata;
    private final Arena arena;

    private final List<String> names = new ArrayList<>();
    private final Map<Place, LoraFactors> factors = new LinkedHashMap<>();
    private final Map<String, LoraMatch.Reason> unmatched = new LinkedHashMap<>();
    private final Map<Name, LoraUpdate> updates = new LinkedHashMap<>();
    private final Map<Name, VectorUpdate> vectors = new LinkedHashMap<>();

    private record Place(LoraTarget target, LoraSite site) {}

    private record Name(LoraTarget target, String name) {}

    LoraMatcher(Path file, Map<LoraTarget, LoraModules> models, LoraMetadata metadata, Arena arena) {
        this.file = file;
        this.models = models;
        this.metadata = metadata;
        this.arena = arena;
    }

    void add(StoredTensor tensor) {
        names.add(tensor.name());
        Optional<LoraKey> key = LoraKey.of(tensor.name());
        if (key.isEmpty()) {
            unmatched.put(tensor.name(), LoraMatch.Reason.ofUnread(tensor.name()));
            return;
        }
        if (key.get().target().isEmpty()) {
            unmatched.put(tensor.name(), LoraMatch.Reason.T5);
            return;
        }
        LoraTarget target = key.get().target().get();
        model(target)
                .site(key.get().layer())
                .ifPresentOrElse(
                        site -> factors.computeIfAbsent(
                                        new Place(target, site), place -> new LoraFactors(file, site.modules()))
                                .add(key.get().role(), tensor),
                        () -> unmatched.put(tensor.name(), LoraMatch.Reason.NO_SUCH_LAYER));
    }

    Lora finish(LoraFormat format) {
        factors.forEach(this::update);
        Map<String, LoraMatch.Reason> missed = new LinkedHashMap<>();
        List<String> matched = new ArrayList<>();
        for (String name : names) {
            LoraMatch.Reason reason = unmatched.get(name);
            if (reason == null) {
                matched.add(name);
            } else {
                missed.put(name, reason);
            }
        }
        LoraMatch match = new LoraMatch(matched, missed);
        if (matched.isEmpty()) {
            throw new InvalidInputException(file + ": none of its " + names.size() + " keys fits the model (format: "
                    + format.title() + ")" + (names.isEmpty() ? "" : ", such as " + match.examples()));
        }
        return new Lora(file, format, List.copyOf(updates.values()), List.copyOf(vectors.values()), match);
    }

    private void update(Place place, LoraFactors found) {
        LoraModules model = model(place.target);
        unmatched.putAll(found.takeIneffective(model.norm(place.site)));
        LoraAssembly assembly = new LoraAssembly(file, place.target, place.site, model, found, metadata, arena);
        if (model.norm(place.site).isEmpty()) {
            assembly.updates()
                    .forEach(update -> put(updates, update.target(), update.module(), update, LoraUpdate::keys));
        }
        assembly.vectors()
                .forEach(update -> put(vectors, update.target(), update.parameter(), update, VectorUpdate::keys));
    }

    private <T> void put(Map<Name, T> all, LoraTarget target, String name, T update, Function<T, List<String>> keys) {
        T other = all.putIfAbsent(new Name(target, name), update);
        if (other != null) {
            throw new InvalidInputException("%s: tensor '%s' updates layer %s, which '%s' updates too"
                    .formatted(
                            file,
                            keys.apply(update).getFirst(),
                            name,
                            keys.apply(other).getFirst()));
        }
    }

    private LoraModules model(LoraTarget target) {
        return Objects.requireNonNull(models.get(target));
    }
}
