package io.irscale.cli.search;

import io.irscale.cli.Nearest;
import io.irscale.cli.search.StrategyEntry.Contender;
import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which strategies run, with which settings, and for how long. */
final class StrategyOptions {
    private static final String STANDARD = "random";

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "How to search; see --list-strategies. Default: " + STANDARD + ".")
    private Optional<String> strategy = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "[NAME.]KEY=VALUE",
            description = "A setting of the strategy; with --compare it starts with the strategy's name. Repeatable.")
    private List<String> sets = List.of();

    @Option(
            names = "--compare",
            paramLabel = "NAME,NAME,…",
            description = "Run several strategies one after another, each with the whole --budget.")
    private Optional<String> compare = Optional.empty();

    @Option(
            names = "--budget",
            paramLabel = "LIMITS",
            description =
                    "Where a search ends, the first limit reached: 400nfe transformer forwards, 60s or 5min, 50calls"
                            + " of the verifier, 'score>=0.31'; several with commas between. Every strategy has it for every"
                            + " prompt. Default: once through the strategy's settings.")
    private Optional<String> limits = Optional.empty();

    /** A setting, and the strategy that it is meant for; empty for the only one. */
    private record Assignment(String text, Optional<String> strategy, String key, String value) {
        static Assignment parse(String text) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new InvalidInputException("--set %s: expected KEY=VALUE or NAME.KEY=VALUE".formatted(text));
            }
            String left = text.substring(0, equals);
            int dot = left.indexOf('.');
            return new Assignment(
                    text,
                    dot < 0 ? Optional.empty() : Optional.of(left.substring(0, dot)),
                    left.substring(dot + 1),
                    text.substring(equals + 1));
        }
    }

    /** Where each search ends. */
    Budget budget() {
        return limits.map(BudgetParser::parse).orElse(Budget.NONE);
    }

    /**
     * The strategies, in the order given.
     *
     * @param steps denoising steps of the run
     * @throws InvalidInputException if a strategy or a setting is unknown, or a value is wrong
     */
    List<Contender> contenders(int steps) {
        if (strategy.isPresent() && compare.isPresent()) {
            throw new InvalidInputException("--strategy and --compare are both given, expected one of them");
        }
        if (compare.isPresent() && !budget().bounded()) {
            throw new InvalidInputException(
                    "--compare %s needs a --budget of forwards, time or calls, such as 400nfe:".formatted(compare.get())
                            + " strategies are compared at equal cost");
        }
        List<String> names = List.of(compare.or(() -> strategy).orElse(STANDARD).split(",", -1));
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        for (String name : names) {
            StrategyCatalogue.entry(name);
            if (settings.put(name, new LinkedHashMap<>()) != null) {
                throw new InvalidInputException("strategy %s is named twice, expected each once".formatted(name));
            }
        }
        sets.stream().map(Assignment::parse).forEach(set -> assign(settings, set));
        List<Contender> contenders = new ArrayList<>();
        settings.forEach(
                (name, given) -> contenders.add(StrategyCatalogue.entry(name).with(given, steps)));
        return contenders;
    }

    private static void assign(Map<String, Map<String, String>> settings, Assignment set) {
        List<String> names = List.copyOf(settings.keySet());
        if (set.strategy().isEmpty() && names.size() > 1) {
            throw new InvalidInputException("--set %s: say for which strategy, such as %s.%s"
                    .formatted(set.text(), names.getFirst(), set.text()));
        }
        String name = set.strategy().orElse(names.getFirst());
        Map<String, String> given = settings.get(name);
        if (given == null) {
            throw new InvalidInputException(
                    "--set %s: strategy '%s' does not run, %s".formatted(set.text(), name, Nearest.hint(name, names)));
        }
        if (given.put(set.key(), set.value()) != null) {
            throw new InvalidInputException(
                    "--set %s: %s is set twice, expected once".formatted(set.text(), set.key()));
        }
    }
}
