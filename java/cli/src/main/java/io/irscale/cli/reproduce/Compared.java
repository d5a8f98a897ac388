package io.irscale.cli.reproduce;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Strategy;
import io.irscale.strategy.FeynmanKac;
import io.irscale.strategy.PreviewPruning;
import io.irscale.strategy.ZeroOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** A strategy that is compared with best-of-N at the same budget. */
enum Compared {
    ZERO_ORDER,
    PRUNED,
    STEERED;

    static final List<Compared> ALL = List.of(values());

    /** Names with commas between, or {@code none}. */
    static List<Compared> parse(String option, String text) {
        return text.equals("none")
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(name -> ALL.stream()
                                .filter(each -> each.toString().equals(name))
                                .findFirst()
                                .orElseThrow(() -> new InvalidInputException(
                                        "%s: '%s'; one of %s, or none".formatted(option, name, ALL))))
                        .distinct()
                        .toList();
    }

    /** Of a budget of so many images. */
    Strategy strategy(int images) {
        return switch (this) {
            case ZERO_ORDER -> ZeroOrder.defaults();
            case PRUNED -> PreviewPruning.noiseAware();
            case STEERED -> steered(images);
        };
    }

    private static FeynmanKac steered(int particles) {
        FeynmanKac standard = FeynmanKac.defaults();
        return new FeynmanKac(
                OptionalInt.of(particles),
                standard.potential(),
                standard.lambda(),
                standard.first(),
                standard.last(),
                standard.every(),
                standard.threshold(),
                standard.keep(),
                standard.solver());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
