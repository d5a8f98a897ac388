package io.irscale.cli.search;

import io.irscale.strategy.PreviewPruning;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A setting of a strategy, as a user sees it.
 *
 * @param name on the command line
 * @param standard its default, as one would type it
 * @param range what it may be
 * @param meaning what it does
 */
record Setting(String name, String standard, String range, String meaning) {
    /** Stands for what the budget decides. */
    static final String AUTO = "auto";

    private static final String SIZE = "1 to 1000000";

    static Setting whole(String name, int standard, String meaning) {
        return new Setting(name, Integer.toString(standard), SIZE, meaning);
    }

    /** A size that may be left to the budget. */
    static Setting count(String name, OptionalInt standard, String meaning) {
        String text = standard.isPresent() ? Integer.toString(standard.getAsInt()) : AUTO;
        return new Setting(name, text, SIZE + ", or auto: as many as the budget allows", meaning);
    }

    static Setting real(String name, double standard, String range, String meaning) {
        return new Setting(name, Double.toString(standard), range, meaning);
    }

    static Setting flag(String name, boolean standard, String meaning) {
        return new Setting(name, Boolean.toString(standard), "true or false", meaning);
    }

    static Setting list(String name, List<? extends Number> standard, String range, String meaning) {
        return new Setting(
                name, standard.stream().map(Object::toString).collect(Collectors.joining(",")), range, meaning);
    }

    static <E extends Enum<E>> Setting choice(String name, E standard, String meaning) {
        String all = List.of(standard.getDeclaringClass().getEnumConstants()).stream()
                .map(Setting::name)
                .collect(Collectors.joining(", "));
        return new Setting(name, name(standard), all, meaning);
    }

    static Setting cuts(String name, List<PreviewPruning.Cut> standard, String meaning) {
        String text = standard.stream().map(cut -> cut.at() + ":" + cut.keep()).collect(Collectors.joining(","));
        return new Setting(name, text, "at:keep,…, each above 0 and below 1, at rising", meaning);
    }

    /** As one types it. */
    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
