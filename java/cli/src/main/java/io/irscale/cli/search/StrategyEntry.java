package io.irscale.cli.search;

import io.irscale.cli.Nearest;
import io.irscale.cli.OneLine;
import io.irscale.error.InvalidInputException;
import io.irscale.search.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A strategy, as a user sees it.
 *
 * @param name on the command line
 * @param description what it does, in a line
 * @param paper where it comes from
 * @param settings all of them
 * @param maker the strategy of some settings
 */
record StrategyEntry(
        String name,
        String description,
        String paper,
        List<Setting> settings,
        Function<SettingValues, Strategy> maker) {

    /**
     * A strategy that takes part in a run.
     *
     * @param entry its kind
     * @param texts the values of all its settings that count
     * @param strategy what runs
     */
    record Contender(StrategyEntry entry, Map<String, String> texts, Strategy strategy) {}

    /**
     * Makes the strategy.
     *
     * @param given settings that differ from their defaults
     * @param steps denoising steps of the run
     * @throws InvalidInputException if a setting is unknown or its value is wrong
     */
    Contender with(Map<String, String> given, int steps) {
        List<String> names = settings.stream().map(Setting::name).toList();
        for (String key : given.keySet()) {
            if (!names.contains(key)) {
                throw new InvalidInputException(
                        "%s: has no setting '%s', %s".formatted(name, key, Nearest.hint(key, names)));
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        settings.forEach(setting -> texts.put(setting.name(), given.getOrDefault(setting.name(), setting.standard())));
        try {
            Strategy strategy = maker.apply(new SettingValues(name, texts, given.keySet(), steps));
            Map<String, String> counting = new LinkedHashMap<>(texts);
            counting.keySet().removeIf(key -> !Kernel.counts(key, texts));
            return new Contender(this, counting, strategy);
        } catch (InvalidInputException e) {
            String message = OneLine.of(e);
            throw new InvalidInputException(message.startsWith(name) ? message : name + ": " + message, e);
        }
    }
}
