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

/** Sorts a file's tensors by the layers that they update, then makes the updates. */
final class LoraMatcher {
    private final Path file;
    private final Map<LoraTarget, LoraModules> models;
    private final LoraMetadata metadata;
    private final Arena arena;

    private final List<String> names = new ArrayList<>();
    private final Map<Place, LoraFactors> factors = new LinkedHashMap<>();
    private final Map<String, LoraMatch.Reason> unmatched = new LinkedHashMap<>();
    private final Map<LoraTarget, Map<String, LoraUpdate>> updates = new LinkedHashMap<>();

    private record Place(LoraTarget target, LoraSite site) {}

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
                        site -> factors.computeIfAbsent(new Place(target, site), place -> new LoraFactors(file))
                                .add(key.get().role(), tensor),
                        () -> unmatched.put(tensor.name(), LoraMatch.Reason.NO_SUCH_LAYER));
    }

    Lora finish(LoraFormat format) {
        factors.forEach((place, found) -> found.effect()
                .ifPresentOrElse(
                        reason -> found.keys().forEach(key -> unmatched.put(key, reason)), () -> update(place, found)));
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
        List<LoraUpdate> all = updates.values().stream()
                .flatMap(each -> each.values().stream())
                .toList();
        return new Lora(file, format, all, match);
    }

    private void update(Place place, LoraFactors found) {
        LoraModules model = model(place.target);
        List<String> modules = place.site.modules();
        StoredTensor a = found.a(modules, model.shape(modules.getFirst()).in());
        long rows =
                modules.stream().mapToLong(module -> model.shape(module).out()).sum();
        StoredTensor whole = found.b(modules, rows, a);
        StoredTensor b = place.site.swapHalves() ? whole.swapHalves(arena) : whole;
        long row = 0;
        for (String module : modules) {
            long end = row + model.shape(module).out();
            double scale = found.scale(metadata, place.target, module, a);
            put(new LoraUpdate(place.target, module, a, b.rows(row, end), scale, found.keys()));
            row = end;
        }
    }

    private void put(LoraUpdate update) {
        LoraUpdate other = updates.computeIfAbsent(update.target(), target -> new LinkedHashMap<>())
                .putIfAbsent(update.module(), update);
        if (other != null) {
            throw new InvalidInputException("%s: tensor '%s' updates layer %s, which '%s' updates too"
                    .formatted(
                            file,
                            update.keys().getFirst(),
                            update.module(),
                            other.keys().getFirst()));
        }
    }

    private LoraModules model(LoraTarget target) {
        return Objects.requireNonNull(models.get(target));
    }
}
