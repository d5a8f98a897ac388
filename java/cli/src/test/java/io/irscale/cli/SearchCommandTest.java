package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.report.Fonts;
import io.irscale.report.PngImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every strategy on the golden pipeline, all at one small budget, and what is told of it. */
final class SearchCommandTest {
    private static final List<String> STRATEGIES = List.of(
            "random",
            "zero-order",
            "pcn",
            "pruning",
            "paths",
            "evolution",
            "tree",
            "svdd",
            "code",
            "fk",
            "rbf",
            "threshold");
    private static final int BUDGET = 48;
    private static final int STEPS = 4;
    private static final String PROMPT = "a road at night, <wet> & \"warm\"";

    @TempDir
    private static Path shared = Path.of("");

    private static Cli done = new Cli(-1, "", "");
    private static JsonNode run = new JsonMapper().createObjectNode();

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void compareThemAll() {
        List<Object> options = new ArrayList<>(List.of("--verifier", "ours=" + Cli.CLIP, "--prompt", PROMPT));
        options.addAll(List.of("--held-out", "theirs=" + Cli.OPEN_CLIP, "--seed", 5));
        options.addAll(List.of("--compare", String.join(",", STRATEGIES), "--budget", BUDGET + "nfe"));
        for (String setting : List.of(
                "pcn.chains=2",
                "evolution.times=0.5",
                "evolution.populations=4,3",
                "evolution.elites=1",
                "paths.from=0.25",
                "paths.back=0.5",
                "paths.forth=0.75",
                "svdd.children=3",
                "code.children=3",
                "rbf.noises=3",
                "threshold.runs=2",
                "threshold.cap=3")) {
            options.addAll(List.of("--set", setting));
        }
        done = Cli.run(search(shared.resolve("out"), options.toArray()));
        run = new JsonMapper().readTree(shared.resolve("out/run.json").toFile());
    }

    @Test
    void everyStrategyFindsAWinnerWithinTheBudget() {
        assertThat(done.complaints())
                .singleElement()
                .asString()
                .endsWith("vocabulary lacks and that it does not see: <wet>");
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        assertThat(run.at("/prompts").size()).isEqualTo(1);
        JsonNode searches = run.at("/prompts/0/searches");
        assertThat(searches.valueStream().map(search -> search.at("/strategy").asString()))
                .containsExactlyElementsOf(STRATEGIES);
        for (JsonNode search : searches) {
            String name = search.at("/strategy").asString();
            String winner = search.at("/winner").asString();
            assertThat(winner).matches("000-" + name + "-\\d{4}\\.png");
            assertThat(done.out()).contains(winner + ": winner of " + name + ", score ");
            assertThat(search.at("/candidates/0/file").asString()).isEqualTo(winner);
            assertThat(search.at("/ledger/forwards").asInt()).as(name).isBetween(STEPS, BUDGET);
            assertThat(search.at("/ledger/gradients").asInt()).isZero();
            assertThat(search.at("/stop").asString()).isIn("done", "forwards");
        }
        assertThat(done.out()).endsWith("report: " + shared.resolve("out/report.html") + "\n");
    }

    @Test
    void booksAgreeWithEachOther() {
        for (JsonNode search : run.at("/prompts/0/searches")) {
            JsonNode candidates = search.at("/candidates");
            JsonNode lineage = search.at("/lineage");
            int previews = lineage.valueStream()
                    .mapToInt(node -> node.at("/previews").size())
                    .sum();
            assertThat(search.at("/ledger/decodes").asInt()).isEqualTo(candidates.size());
            assertThat(search.at("/ledger/previews").asInt()).isEqualTo(previews);
            assertThat(search.at("/ledger/verifier_calls").asInt()).isEqualTo(candidates.size() + previews);
            assertThat(lineage.valueStream().filter(node -> !node.at("/score").isNull()))
                    .hasSize(candidates.size());
            double best = Double.POSITIVE_INFINITY;
            for (JsonNode candidate : candidates) {
                double score = candidate.at("/score").asDouble();
                assertThat(score).isLessThanOrEqualTo(best);
                best = score;
                assertThat(candidate.at("/scores/ours")).isEqualTo(candidate.at("/score"));
                assertThat(candidate.at("/scores/theirs").asDouble()).isNotEqualTo(score);
                JsonNode node = lineage.at("/" + candidate.at("/id").asInt());
                assertThat(node.at("/id")).isEqualTo(candidate.at("/id"));
                assertThat(node.at("/score")).isEqualTo(candidate.at("/score"));
                assertThat(node.at("/ended").asInt()).isEqualTo(STEPS);
            }
            JsonNode curve = search.at("/curve");
            assertThat(curve.at("/" + (curve.size() - 1) + "/best")).isEqualTo(candidates.at("/0/score"));
            assertThat(curve.at("/" + (curve.size() - 1) + "/forwards").asInt())
                    .isLessThanOrEqualTo(search.at("/ledger/forwards").asInt());
            JsonNode times = search.at("/times_ms");
            double sum = Stream.of("text", "denoise", "decode", "verify", "idle")
                    .mapToDouble(part -> times.at("/" + part).asDouble())
                    .sum();
            assertThat(sum).isGreaterThanOrEqualTo(times.at("/total").asDouble() - 1);
        }
    }

    @Test
    void settingsAreTold() {
        assertThat(run.at("/options/budget/forwards").asInt()).isEqualTo(BUDGET);
        assertThat(run.at("/options/budget/time_ms").isNull()).isTrue();
        assertThat(run.at("/options/grid").asString()).isEqualTo("flow");
        assertThat(run.at("/options/ensemble").asString()).isEqualTo("sum");
        assertThat(run.at("/options/verifiers").toString())
                .isEqualTo(
                        "[{\"name\":\"ours\",\"source\":\"%s\",\"weight\":1.0,\"held_out\":false},{\"name\":\"theirs\",\"source\":\"%s\",\"weight\":null,\"held_out\":true}]"
                                .formatted(Cli.CLIP, Cli.OPEN_CLIP));
        assertThat(settings("zero-order").toString())
                .isEqualTo("{\"neighbours\":\"4\",\"cosine\":\"0.95\",\"iterations\":\"auto\",\"redraw\":\"false\"}");
        assertThat(settings("svdd").toString())
                .isEqualTo("{\"trajectories\":\"2\",\"children\":\"3\",\"kernel\":\"em\",\"g\":\"3.0\"}");
    }

    private static JsonNode settings(String strategy) {
        return run.at("/prompts/0/searches/" + STRATEGIES.indexOf(strategy) + "/settings");
    }

    @Test
    void everyFinishedImageIsThereWithItsSettings() throws IOException {
        List<String> told = new ArrayList<>(List.of("run.json", "report.html"));
        for (JsonNode search : run.at("/prompts/0/searches")) {
            for (JsonNode candidate : search.at("/candidates")) {
                String file = candidate.at("/file").asString();
                told.add(file);
                assertThat(PngImage.read(shared.resolve("out").resolve(file)).texts())
                        .containsEntry("strategy", search.at("/strategy").asString())
                        .containsEntry("candidate", candidate.at("/id").asString())
                        .containsEntry("seed", candidate.at("/seed").asString())
                        .containsEntry("score", candidate.at("/score").asString())
                        .containsEntry("grid", "flow")
                        .containsEntry("prompt", PROMPT);
            }
        }
        assertThat(names(shared.resolve("out"))).containsExactlyInAnyOrderElementsOf(told);
        assertThat(PngImage.read(shared.resolve("out/000-svdd-"
                                + run.at("/prompts/0/searches/7/winner")
                                        .asString()
                                        .substring(9)))
                        .texts())
                .containsEntry("strategy.children", "3")
                .containsEntry("strategy.kernel", "em")
                .containsKey("scores");
        assertThat(run.at("/prompts/0/unsearched/file").asString()).isEqualTo("000-random-0000.png");
    }

    @Test
    void reportIsOnePageWithEverything() throws IOException {
        Document page = Jsoup.parse(shared.resolve("out/report.html"));
        assertThat(page.select("script, link, iframe")).isEmpty();
        assertThat(page.select("[src]").eachAttr("src"))
                .allMatch(source -> source.startsWith("data:image/jpeg;base64,"));
        assertThat(page.select("[href]").eachAttr("href"))
                .allMatch(source -> source.startsWith("data:image/jpeg;base64,"));
        assertThat(page.select("style").html()).doesNotContain("url(", "@import");
        assertThat(page.select("h2").text()).isEqualTo(PROMPT);
        assertThat(page.select(".winners img")).hasSize(STRATEGIES.size() + 1);
        assertThat(page.select("tbody th").eachText()).isEqualTo(STRATEGIES);
        assertThat(page.select("details.tree")).hasSize(STRATEGIES.size());
        assertThat(page.select(".family g.winning image").size()).isGreaterThanOrEqualTo(STRATEGIES.size());
        assertThat(page.select(".family g.out image")).isNotEmpty();
        assertThat(page.select(".verdict"))
                .isNotEmpty()
                .allSatisfy(
                        verdict -> assertThat(verdict.text()).contains("By theirs, which no search ever saw", "rbf ("));
        if (Fonts.available()) {
            assertThat(page.select(".chart h3").eachText())
                    .containsExactly(
                            "Best score against work",
                            "Scores of the finished images",
                            "Does theirs agree?",
                            "Where the time went");
            assertThat(page.select(".chart svg")).hasSize(4);
        }
        JsonNode best = run.at("/prompts/0/searches")
                .valueStream()
                .max((a, b) -> Double.compare(
                        a.at("/candidates/0/score").asDouble(),
                        b.at("/candidates/0/score").asDouble()))
                .orElseThrow();
        assertThat(page.select(".lead").text())
                .startsWith(
                        "The best of 12 strategies is " + best.at("/strategy").asString());
    }

    @Test
    void sameSeedGivesTheSameWinnerAndBytes() throws IOException {
        for (String out : List.of("a", "b")) {
            Cli again = Cli.run(search(
                    folder.resolve(out),
                    "--verifier",
                    Cli.CLIP,
                    "--prompt",
                    "a road",
                    "--seed",
                    3,
                    "--compare",
                    "svdd,tree",
                    "--set",
                    "svdd.children=2",
                    "--budget",
                    "24nfe"));
            assertThat(again.complaints()).isEmpty();
        }
        List<String> images = names(folder.resolve("a")).stream()
                .filter(name -> name.endsWith(".png"))
                .toList();
        assertThat(images)
                .hasSizeGreaterThan(3)
                .contains("000-unsearched-0000.png")
                .allSatisfy(name -> assertThat(folder.resolve("b").resolve(name))
                        .hasSameBinaryContentAs(folder.resolve("a").resolve(name)));
        JsonMapper json = new JsonMapper();
        assertThat(json.readTree(folder.resolve("a/run.json").toFile()).at("/prompts/0/searches/0/winner"))
                .isEqualTo(json.readTree(folder.resolve("b/run.json").toFile()).at("/prompts/0/searches/0/winner"));
    }

    @Test
    void aCommandCanBeTheVerifier() throws IOException {
        Path script = Files.writeString(folder.resolve("score.sh"), """
                sed -u -n 's/^{"id":\\([0-9]*\\),.*/{"id":\\1,"score":\\1}/p'
                """);
        Cli result = Cli.run(search(
                folder.resolve("out"),
                "--verifier-command",
                "mine=sh '" + script + "'",
                "--verifier",
                Cli.CLIP,
                "--weight",
                "clip=-0.5",
                "--prompt",
                "a",
                "--set",
                "candidates=3"));
        assertThat(result.complaints()).isEmpty();
        JsonNode told = new JsonMapper().readTree(folder.resolve("out/run.json").toFile());
        JsonNode winner = told.at("/prompts/0/searches/0/candidates/0");
        assertThat(winner.at("/id").asInt()).isEqualTo(2);
        assertThat(winner.at("/scores/mine").asDouble()).isEqualTo(2);
        assertThat(winner.at("/score").asDouble())
                .isCloseTo(2 - 0.5 * winner.at("/scores/clip").asDouble(), within(1e-6));
        assertThat(folder.resolve("out/report.html")).content().contains("No verifier was held out");
    }

    @Test
    void ranksAreToldAsSuch() {
        Cli result = Cli.run(search(
                folder.resolve("out"),
                "--verifier",
                "a=" + Cli.CLIP,
                "--verifier",
                "b=" + Cli.OPEN_CLIP,
                "--ensemble",
                "mean-rank",
                "--prompt",
                "a",
                "--set",
                "candidates=4",
                "--format",
                "grey16"));
        assertThat(result.complaints()).isEmpty();
        JsonNode told = new JsonMapper().readTree(folder.resolve("out/run.json").toFile());
        for (JsonNode candidate : told.at("/prompts/0/searches/0/candidates")) {
            assertThat(candidate.at("/score").asDouble()).isBetween(0.0, 1.0);
            // what others are worth was not known yet
            Map<String, String> texts = PngImage.read(
                            folder.resolve("out/" + candidate.at("/file").asString()))
                    .texts();
            assertThat(texts).containsKey("scores").doesNotContainKey("score");
        }
        assertThat(folder.resolve("out/report.html"))
                .content()
                .contains("cannot be compared between searches")
                .doesNotContain("Best score against work");
    }

    @Test
    void withoutVerifierTheFirstImageWins() {
        Cli result = Cli.run(search(folder.resolve("out"), "--prompt", "a", "--set", "candidates=2"));
        assertThat(result.complaints()).isEmpty();
        assertThat(result.out())
                .contains("000-random-0000.png: winner of random, no verifier (best of 2, 8 forwards, ");
        assertThat(folder.resolve("out/000-random-0001.png")).exists();
        assertThat(folder.resolve("out/report.html")).content().contains("Without a verifier");
    }

    @Test
    void timeEndsASearchToo() {
        Cli result = Cli.run(search(
                folder.resolve("out"),
                "--verifier",
                Cli.CLIP,
                "--prompt",
                "a",
                "--batch",
                1,
                "--budget",
                "4s,1000000nfe"));
        assertThat(result.complaints()).isEmpty();
        JsonNode told = new JsonMapper().readTree(folder.resolve("out/run.json").toFile());
        assertThat(told.at("/prompts/0/searches/0/stop").asString()).isEqualTo("time");
        assertThat(told.at("/options/budget/time_ms").asDouble()).isEqualTo(4000);
    }

    @Test
    void interruptionKeepsFinishedImagesAndSaysSo() throws Exception {
        Interruption interruption = Interruption.never();
        Path out = folder.resolve("out");
        // No virtual thread: where there is one processor, it would keep the search's own from running.
        Thread user = Thread.ofPlatform().start(() -> {
            while (!hasImage(out)) {
                Thread.onSpinWait();
            }
            interruption.ask();
        });
        Cli result = Cli.run(
                interruption,
                search(out, "--verifier", Cli.CLIP, "--prompt", "a", "--batch", 1, "--set", "candidates=10000"));
        user.join();
        assertThat(result.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(result.complaints())
                .containsExactly("irscale: interrupted; finished images are kept, and the same command goes on");
        List<String> names = new ArrayList<>(names(out));
        assertThat(names.remove(RunManifest.FILE)).isTrue();
        assertThat(names).isNotEmpty().allMatch(name -> name.matches("000-random-\\d{4}\\.png"));
        names.forEach(name -> PngImage.read(out.resolve(name)));
    }

    private static boolean hasImage(Path out) {
        return Files.exists(out.resolve("000-random-0000.png"));
    }

    @Test
    void allStrategiesAreListed() {
        Cli result = Cli.run("search", "--list-strategies");
        assertThat(result.code()).isEqualTo(ExitCode.OK);
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().filter(STRATEGIES::contains)).containsExactlyInAnyOrderElementsOf(STRATEGIES);
    }

    private static Object[] search(Path out, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("search", "--model", Cli.PIPELINE));
        arguments.addAll(List.of("--tokenizers", Cli.tokenizers(), "--out", out, "--steps", STEPS));
        arguments.addAll(List.of("--height", 64, "--width", 48, "--max-sequence-length", 64));
        arguments.addAll(List.of(more));
        return arguments.toArray();
    }

    private static List<String> names(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
