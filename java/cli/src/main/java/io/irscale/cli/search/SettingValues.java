package io.irscale.cli.search;

import io.irscale.error.InvalidInputException;
import io.irscale.strategy.PreviewPruning;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** A strategy's settings as text, given or default, and how it is read. */
final class SettingValues {
    private final String strategy;
    private final Map<String, String> texts;
    private final Set<String> given;
    private final int steps;

    /**
     * Values of all settings of a strategy.
     *
     * @param texts of each setting
     * @param given settings whose text is the user's
     * @param steps that the run is asked for
     */
    SettingValues(String strategy, Map<String, String> texts, Set<String> given, int steps) {
        this.strategy = strategy;
        this.texts = texts;
        this.given = given;
        this.steps = steps;
    }

    /** Denoising steps of the run. */
    int steps() {
        return steps;
    }

    /** Whether the user said it. */
    boolean isGiven(String name) {
        return given.contains(name);
    }

    String text(String name) {
        return Optional.ofNullable(texts.get(name)).orElseThrow();
    }

    int whole(String name) {
        return parse(name, text(name), Integer::valueOf, "a whole number");
    }

    OptionalInt count(String name) {
        return text(name).equals(Setting.AUTO)
                ? OptionalInt.empty()
                : OptionalInt.of(parse(name, text(name), Integer::valueOf, "a whole number or auto"));
    }

    double real(String name) {
        return parse(name, text(name), Double::valueOf, "a number");
    }

    boolean flag(String name) {
        return parse(
                name,
                text(name),
                text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException(text);
                },
                "true or false");
    }

    List<Double> reals(String name) {
        return list(name, Double::valueOf, "numbers with commas between");
    }

    List<Integer> wholes(String name) {
        return list(name, Integer::valueOf, "whole numbers with commas between");
    }

    List<PreviewPruning.Cut> cuts(String name) {
        return text(name).isEmpty()
                ? List.of()
                : list(
                        name,
                        text -> {
                            String[] halves = text.split(":", -1);
                            if (halves.length != 2) {
                                throw new IllegalArgumentException(text);
                            }
                            return new PreviewPruning.Cut(Double.parseDouble(halves[0]), Double.parseDouble(halves[1]));
                        },
                        "pairs at:keep with commas between, such as 0.3:0.5,0.55:0.4");
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) {
        return Stream.of(type.getEnumConstants())
                .filter(value -> Setting.name(value).equals(text(name)))
                .findFirst()
                .orElseThrow(() -> wrong(
                        name,
                        text(name),
                        "one of "
                                + String.join(
                                        ", ",
                                        Stream.of(type.getEnumConstants())
                                                .map(Setting::name)
                                                .toList())));
    }

    /** What to say of a setting that is not as it should be. */
    InvalidInputException wrong(String name, String text, String expected) {
        return new InvalidInputException("%s: %s is '%s', expected %s".formatted(strategy, name, text, expected));
    }

    private <T> List<T> list(String name, Function<String, T> parser, String expected) {
        return Arrays.stream(text(name).split(",", -1))
                .map(part -> parse(name, part, parser, expected))
                .toList();
    }

    private <T> T parse(String name, String text, Function<String, T> parser, String expected) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw wrong(name, text(name), expected);
        }
    }
}
