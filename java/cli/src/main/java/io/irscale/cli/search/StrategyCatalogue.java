package io.irscale.cli.search;

import io.irscale.cli.Nearest;
import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.stream.Stream;

/** All strategies, by name. */
final class StrategyCatalogue {
    private static final List<StrategyEntry> ENTRIES = Stream.of(
                    NoiseStrategies.all(), PathStrategies.all(), ParticleStrategies.all())
            .flatMap(List::stream)
            .toList();

    private StrategyCatalogue() {}

    static List<StrategyEntry> entries() {
        return ENTRIES;
    }

    static List<String> names() {
        return ENTRIES.stream().map(StrategyEntry::name).toList();
    }

    /** @throws InvalidInputException if there is none of that name */
    static StrategyEntry entry(String name) {
        return ENTRIES.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("strategy '%s' is unknown, %s (--list-strategies has all)"
                        .formatted(name, Nearest.hint(name, names()))));
    }
}
