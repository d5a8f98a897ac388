package io.irscale.cli.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Strategy;
import io.irscale.strategy.Svdd;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users read of a strategy is what runs. */
final class StrategyCatalogueTest {
    private static final int STEPS = 28;
    private static final Path SOURCES =
            Path.of(System.getProperty("irscale.root", "../..")).resolve("java/core/src/main/java/io/irscale/strategy");

    static List<StrategyEntry> entries() {
        return StrategyCatalogue.entries();
    }

    static Stream<String> settings() {
        return entries().stream()
                .flatMap(entry -> entry.settings().stream().map(setting -> entry.name() + " " + setting.name()));
    }

    @Test
    void everyStrategyOfTheLibraryIsThere() throws IOException {
        Set<String> known = entries().stream()
                .map(entry -> strategy(entry).getClass().getSimpleName() + ".java")
                .collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(SOURCES)) {
            Set<String> all = files.filter(StrategyCatalogueTest::isStrategy)
                    .map(file -> String.valueOf(file.getFileName()))
                    .collect(Collectors.toSet());
            assertThat(known).isNotEmpty().isEqualTo(all);
        }
    }

    private static boolean isStrategy(Path file) {
        try {
            return Files.readString(file).contains("implements Strategy");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void namesAreUnique() {
        assertThat(StrategyCatalogue.names()).doesNotHaveDuplicates().contains("random", "zero-order", "svdd", "code");
    }

    @ParameterizedTest
    @MethodSource("entries")
    void defaultsAreTheLibrarys(StrategyEntry entry) throws ReflectiveOperationException {
        Strategy made = strategy(entry);
        assertThat(made.name()).isEqualTo(entry.name());
        if (entry.name().equals("code")) {
            assertThat(made).isEqualTo(withEvery(Svdd.defaults(), 2));
        } else {
            assertThat(made).isEqualTo(made.getClass().getMethod("defaults").invoke(null));
        }
    }

    private static Svdd withEvery(Svdd svdd, int every) {
        return new Svdd(svdd.trajectories(), svdd.children(), every, svdd.solver());
    }

    @ParameterizedTest
    @MethodSource("entries")
    void defaultsCanBeTyped(StrategyEntry entry) {
        Map<String, String> all =
                new LinkedHashMap<>(entry.with(Map.of(), STEPS).texts());
        assertThat(entry.with(all, STEPS).strategy()).isEqualTo(strategy(entry));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void everythingIsExplained(StrategyEntry entry) {
        assertThat(entry.description()).endsWith(".");
        assertThat(entry.paper()).isNotBlank();
        assertThat(entry.settings()).isNotEmpty().allSatisfy(setting -> {
            assertThat(setting.name()).matches("[a-z-]+");
            assertThat(setting.standard()).isNotBlank();
            assertThat(setting.range()).isNotBlank();
            assertThat(setting.meaning()).isNotBlank();
        });
        StringWriter table = new StringWriter();
        StrategyTable.print(new PrintWriter(table));
        assertThat(table.toString()).contains("\n  " + entry.description());
        entry.settings().forEach(setting -> assertThat(table.toString()).contains("    " + setting.name() + " "));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void wrongValuesNameStrategyAndSetting(String name) {
        String strategy = name.substring(0, name.indexOf(' '));
        String setting = name.substring(name.indexOf(' ') + 1);
        StrategyEntry entry = StrategyCatalogue.entry(strategy);
        for (String wrong : List.of("x", "NaN,", "-1000000", "1e999")) {
            assertThatThrownBy(() -> entry.with(Map.of(setting, wrong), STEPS))
                    .as("%s = %s", setting, wrong)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith(strategy)
                    .hasMessageContaining("expected");
        }
        assertThatThrownBy(() -> entry.with(Map.of(setting, "x"), STEPS)).hasMessageContaining(setting + " is 'x'");
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rangesAreTheLibrarys(String name) {
        StrategyEntry entry = StrategyCatalogue.entry(name.substring(0, name.indexOf(' ')));
        Setting setting = entry.settings().stream()
                .filter(each -> each.name().equals(name.substring(name.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
        Matcher range = Pattern.compile("(-?[\\d.]+) to (-?[\\d.]+).*|above (-?[\\d.]+)(?:, below (-?[\\d.]+))?")
                .matcher(setting.range());
        if (range.matches()) {
            for (String outside : outside(range)) {
                Map<String, String> given = new LinkedHashMap<>(Map.of(setting.name(), outside));
                Map.of("g", "em", "a", "grpo", "eta", "ddim").forEach((key, kernel) -> {
                    if (key.equals(setting.name())) {
                        given.put("kernel", kernel);
                    }
                });
                assertThatThrownBy(() -> entry.with(given, STEPS))
                        .as("%s = %s", name, outside)
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("expected");
            }
        } else {
            assertThat(setting.name())
                    .as(setting.range())
                    .isIn(
                            "redraw",
                            "greedy",
                            "cuts",
                            "times",
                            "populations",
                            "levels",
                            "kernel",
                            "potential",
                            "first",
                            "forth");
        }
    }

    private static List<String> outside(Matcher range) {
        if (range.group(1) != null) {
            boolean whole = !range.group().contains(".") && Double.parseDouble(range.group(2)) > 1000;
            double step = whole ? 1 : 1e-6;
            return Stream.of(Double.parseDouble(range.group(1)) - step, Double.parseDouble(range.group(2)) + step)
                    .map(value -> whole ? Long.toString(value.longValue()) : value.toString())
                    .toList();
        }
        return Stream.of(range.group(3), range.group(4))
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void settingsReachTheStrategy() {
        StrategyEntry svdd = StrategyCatalogue.entry("svdd");
        Map<String, String> given = Map.of("trajectories", "3", "children", "auto", "kernel", "ddim", "eta", "0.5");
        StrategyEntry.Contender contender = svdd.with(given, STEPS);
        assertThat(contender.strategy().toString())
                .contains("trajectories=3", "children=OptionalInt.empty", "DdimEta[eta=0.5]");
        assertThat(contender.texts())
                .containsOnlyKeys("trajectories", "children", "kernel", "eta")
                .containsAllEntriesOf(given);
    }

    @Test
    void kernelsAndWhatBelongsToThem() {
        StrategyEntry tree = StrategyCatalogue.entry("tree");
        Map.of(
                        "ode", "EulerOde[]",
                        "em", "EulerMaruyama[scale=3.0, power=2.0]",
                        "grpo", "FlowGrpo[a=0.7]",
                        "ddim", "DdimEta[eta=0.3]",
                        "vp", "VpGrid[steps=28, scale=3.0]")
                .forEach((kernel, solver) -> assertThat(tree.with(Map.of("kernel", kernel), STEPS)
                                .strategy()
                                .toString())
                        .contains(solver));
        assertThatThrownBy(() -> tree.with(Map.of("kernel", "em", "eta", "0.5"), STEPS))
                .hasMessage("tree: eta is '0.5', expected none with kernel=em: it belongs to ddim");
        assertThatThrownBy(() -> tree.with(Map.of("kernel", "euler"), STEPS))
                .hasMessage("tree: kernel is 'euler', expected ode, em, grpo, ddim or vp");
    }

    @Test
    void whatIsUnknownIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> StrategyCatalogue.entry("zero-ordr"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("strategy 'zero-ordr' is unknown, nearest are zero-order, ");
        assertThatThrownBy(() -> StrategyCatalogue.entry("zero-order").with(Map.of("neighbors", "4"), STEPS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("zero-order: has no setting 'neighbors', nearest are neighbours, ");
    }

    private static Strategy strategy(StrategyEntry entry) {
        return entry.with(Map.of(), STEPS).strategy();
    }
}
