package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong: exit code 2, one line that names the thing and the limit, before any weights are read. */
final class SearchBadInputTest {
    private static final String CLIP = Cli.CLIP.toString();

    @TempDir
    private Path folder;

    private Path out = Path.of("");

    @BeforeEach
    void makeTokenizerFolders() throws IOException {
        out = folder.resolve("new/out");
        // Found, but empty: reading the model ends with another message.
        Files.createDirectories(folder.resolve("tokenizers/clip_l"));
        Files.createDirectories(folder.resolve("tokenizers/t5"));
    }

    static Stream<Arguments> options() {
        return Stream.of(
                options("unknown strategy", "strategy 'zero' is unknown, nearest are zero-order", "--strategy", "zero"),
                options("empty strategy", "strategy '' is unknown", "--strategy", ""),
                options(
                        "unknown in a list",
                        "strategy 'randm' is unknown, nearest are random",
                        "--compare",
                        "randm,svdd",
                        "--budget",
                        "99nfe"),
                options("twice", "strategy svdd is named twice", "--compare", "svdd,svdd", "--budget", "99nfe"),
                options("both", "--strategy and --compare are both given", "--strategy", "svdd", "--compare", "random"),
                options("compare without budget", "--compare random,svdd needs a --budget", "--compare", "random,svdd"),
                options(
                        "compare up to a score",
                        "--compare random needs a --budget",
                        "--compare",
                        "random",
                        "--budget",
                        "score>=1"),
                options(
                        "unknown setting",
                        "random: has no setting 'canddates', nearest are candidates",
                        "--set",
                        "canddates=3"),
                options("no value", "--set candidates: expected KEY=VALUE", "--set", "candidates"),
                options("no key", "--set =3: expected KEY=VALUE", "--set", "=3"),
                options(
                        "twice set",
                        "--set candidates=4: candidates is set twice",
                        "--set",
                        "candidates=3",
                        "--set",
                        "candidates=4"),
                options(
                        "set for whom",
                        "--set children=3: say for which strategy, such as random.children=3",
                        "--compare",
                        "random,svdd",
                        "--budget",
                        "99nfe",
                        "--set",
                        "children=3"),
                options(
                        "set for another", "--set svdd.children=3: strategy 'svdd' does not run, nearest are random",
                        "--set", "svdd.children=3"),
                options(
                        "no number",
                        "random: candidates is 'many', expected a whole number or auto",
                        "--set",
                        "candidates=many"),
                options("out of range", "candidates is 0, expected 1 to 1000000", "--set", "candidates=0"),
                options("NaN", "cosine is NaN, expected", "--strategy", "zero-order", "--set", "cosine=NaN"),
                options(
                        "no cut",
                        "pruning: cuts is '0.3', expected pairs at:keep",
                        "--strategy",
                        "pruning",
                        "--set",
                        "cuts=0.3"),
                options(
                        "wrong kernel",
                        "svdd: kernel is 'sde', expected ode, em, grpo, ddim or vp",
                        "--strategy",
                        "svdd",
                        "--set",
                        "kernel=sde"),
                options(
                        "another kernel's",
                        "svdd: eta is '1', expected none with kernel=em",
                        "--strategy",
                        "svdd",
                        "--set",
                        "eta=1"),
                options("no end", "random candidates follows from the budget, and there is none"),
                options(
                        "unreadable budget",
                        "budget '400' cannot be read, expected one or more of 400nfe",
                        "--budget",
                        "400"),
                options("no budget", "budget is 0 forwards, expected 1 or more", "--budget", "0nfe"),
                options(
                        "budget below an image",
                        "budget is 27 forwards, strategy random needs 28 or more",
                        "--budget",
                        "27nfe"),
                options(
                        "budget below an image with cfg",
                        "budget is 55 forwards, strategy random needs 56 or more",
                        "--budget",
                        "55nfe",
                        "--true-cfg",
                        2),
                options(
                        "one that cannot pay",
                        "budget is 100 forwards, strategy evolution needs ",
                        "--compare",
                        "random,evolution",
                        "--budget",
                        "100nfe"),
                options(
                        "steps that do not divide",
                        "evolution",
                        "--strategy",
                        "evolution",
                        "--steps",
                        4,
                        "--budget",
                        "999nfe"),
                options("unknown grid", "--grid is 'edm', expected flow or vp", "--grid", "edm"),
                options(
                        "grid of too many steps",
                        "steps of the VP grid is 101, expected 2 to 100",
                        "--grid",
                        "vp",
                        "--steps",
                        101),
                options("no guide", "guide weight is 0.0, expected above 0, at most 100", "--guide-weight", 0),
                options("idle form", "--guide-form has no effect without --guide-weight", "--guide-form", "full"),
                options(
                        "unknown form",
                        "--guide-form is 'half', expected cheap or full",
                        "--guide-weight",
                        1,
                        "--guide-form",
                        "half"),
                options("wrong preview size", "--preview-size is 3, expected 1, 2 or 4", "--preview-size", 3),
                options("candidates", "Unknown options: '--candidates', '8'", "--candidates", 8),
                options("unknown ensemble", "ensemble is 'max', expected sum or mean-rank", "--ensemble", "max"),
                options("same name", "verifier clip: the name is taken twice", "--verifier", CLIP),
                options("missing verifier", "--verifier nowhere: is not there", "--verifier", "a=nowhere"),
                options("missing held-out", "--held-out nowhere: is not there", "--held-out", "nowhere"),
                options(
                        "weight of nobody", "--weight ir: there is no such verifier to optimise, expected one of clip",
                        "--weight", "ir=2"),
                options(
                        "weight of held-out",
                        "--weight other: there is no such verifier",
                        "--held-out",
                        "other=" + CLIP,
                        "--weight",
                        "other=2"),
                options("weight in words", "--weight", "--weight", "clip=heavy"),
                options("no weight at all", "the weights of the verifiers clip are all 0", "--weight", "clip=0"),
                options("NaN weight", "verifier clip: the weight is NaN", "--weight", "clip=NaN"),
                options(
                        "weighted ranks",
                        "verifier clip: the weight is 2.0, expected 1",
                        "--weight",
                        "clip=2",
                        "--ensemble",
                        "mean-rank"),
                options("idle timeout", "--verifier-timeout has no effect", "--verifier-timeout", "5s"),
                options(
                        "wrong timeout",
                        "time is 'soon', expected a number above 0 with s, min or h",
                        "--verifier-command",
                        "true",
                        "--verifier-timeout",
                        "soon"),
                options("open quote", "a quote is not closed", "--verifier-command", "sh -c 'exit"),
                options("no program", "names no program", "--verifier-command", "mine="),
                options(
                        "guide by two",
                        "--guide-weight needs a single --verifier DIR",
                        "--guide-weight",
                        1,
                        "--verifier",
                        "b=" + CLIP),
                options(
                        "head that is not there",
                        "--verifier missing.pth: is not there",
                        "--verifier",
                        CLIP + "#missing.pth"),
                options(
                        "folder of a head that is not there",
                        "--held-out missing: is not there",
                        "--held-out",
                        "a=missing#head.pth"));
    }

    private static Arguments options(String name, String message, Object... options) {
        return argumentSet(name, message, List.of(options));
    }

    @ParameterizedTest
    @MethodSource("options")
    void refused(String message, List<Object> options) {
        List<Object> all = new ArrayList<>(List.of("--verifier", CLIP));
        all.addAll(options);
        assertRefused(message, all);
    }

    @Test
    void withoutVerifier() {
        assertRefused(
                "strategy zero-order needs a verifier, and there is none",
                List.of("--strategy", "zero-order", "--budget", "99nfe"));
        assertRefused("there is no verifier; add --verifier DIR", List.of("--budget", "9calls"));
        assertRefused("there is no verifier; add --verifier DIR", List.of("--budget", "score>=1,99nfe"));
        assertRefused("--guide-weight needs a single --verifier DIR", List.of("--guide-weight", 1));
        assertRefused(
                "--held-out " + CLIP + ": there is nothing to compare it with",
                List.of("--held-out", CLIP, "--budget", "99nfe"));
    }

    @Test
    void earlierOutputIsKept() throws IOException {
        for (String name : List.of("run.json", "report.html", "000-random-0099.png", "000-unsearched-0000.png")) {
            Path used = Files.createDirectories(folder.resolve("to-" + name));
            Path earlier = used.resolve(name);
            Files.writeString(earlier, "mine");
            Cli done = Cli.run("search", "--prompt", "a", "--model", Cli.PIPELINE, "--budget", "99nfe", "--out", used);
            Cli.assertRefused(done, name + ": is there already; add --overwrite");
            assertThat(earlier).hasContent("mine");
        }
    }

    private void assertRefused(String message, List<Object> options) {
        List<Object> all = new ArrayList<>(List.of("search", "--tokenizers", folder.resolve("tokenizers")));
        all.addAll(List.of("--out", out, "--prompt", "a road", "--model", Cli.PIPELINE));
        all.addAll(options);
        Cli.assertRefused(Cli.run(all.toArray()), message);
        assertThat(folder.resolve("new")).doesNotExist();
    }
}
