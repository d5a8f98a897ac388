package io.irscale.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import io.irscale.solver.EulerOde;
import io.irscale.solver.Solver;
import io.irscale.solver.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The moves of a search: what they cost, what they leave, and what they refuse. */
@Timeout(60)
class RunningSearchTest {
    private static final int STEPS = 10;

    /** Half the noise of a full renewal, to see whether forks differ. */
    private static final Solver NOISY = new Solver() {
        @Override
        public Transition step(double t, double s) {
            return new Transition(1, s - t, 0.1);
        }

        @Override
        public String describe() {
            return "noisy";
        }
    };

    private record Script(Consumer<Search> moves, boolean needsVerifier) implements Strategy {
        @Override
        public String name() {
            return "script";
        }

        @Override
        public void run(Search search) {
            moves.accept(search);
        }
    }

    private static SearchResult run(FakeBackend backend, Budget budget, Consumer<Search> moves) {
        return Searches.run(backend, new Script(moves, true), budget, STEPS, 7);
    }

    private static void finish(Search search, List<Candidate> candidates) {
        search.denoise(candidates, STEPS, EulerOde.ODE);
        search.score(candidates);
    }

    @Test
    void aVelocityIsPaidForOnceWhereverItIsAskedFor() {
        FakeBackend backend = FakeBackend.gaussian(2);
        List<Long> forwards = new ArrayList<>();
        SearchResult result = run(backend, Budget.ofForwards(1000), search -> {
            List<Candidate> one = search.start(1);
            search.denoise(one, 4, EulerOde.ODE);
            forwards.add(1000 - search.forwardsLeft());
            search.preview(one); // the fifth evaluation
            search.preview(one);
            forwards.add(1000 - search.forwardsLeft());
            List<Candidate> forks = search.fork(one.getFirst(), 3); // with its velocity
            search.denoise(forks, 5, NOISY);
            forwards.add(1000 - search.forwardsLeft());
            search.denoise(one, 5, EulerOde.ODE);
            finish(search, one);
        });
        assertThat(forwards).containsExactly(4L, 5L, 5L);
        assertThat(result.cost().forwards()).isEqualTo(10);
        assertThat(result.cost().previews()).isEqualTo(2);
        assertThat(result.cost().decodes()).isEqualTo(1);
        assertThat(result.cost().verifierCalls()).isEqualTo(3);
        assertThat(result.winner().forwards()).isEqualTo(10);
        assertThat(result.lineage().nodes()).hasSize(4);
        assertThat(result.lineage().nodes().get(2).parent()).isZero();
        assertThat(result.lineage().nodes().get(2).born()).isEqualTo(4);
        assertThat(result.lineage().nodes().getFirst().previews()).hasSize(2);
    }

    @Test
    void previewsOfTheDeterministicFlowOfANormalAreExact() {
        // x0 = x - t v of N(0, 1) data is E[x0|x] = (1 - t) x / ((1 - t)^2 + t^2); at t = 1 it is 0
        FakeBackend backend = FakeBackend.gaussian(1);
        List<Double> seen = new ArrayList<>();
        run(backend, Budget.NONE, search -> {
            List<Candidate> one = search.start(1);
            seen.add(search.preview(one).of(one.getFirst()));
            finish(search, one);
        });
        assertThat(seen.getFirst()).isCloseTo(0, within(1e-6));
    }

    @Test
    void forksGoTheirOwnWaysAndTheSameEveryTime() {
        List<List<Double>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            List<Double> scores = new ArrayList<>();
            run(FakeBackend.gaussian(1), Budget.NONE, search -> {
                Candidate root = search.start(1).getFirst();
                List<Candidate> forks = search.fork(root, 4);
                search.denoise(forks, STEPS, NOISY);
                Scores all = search.score(forks);
                forks.forEach(fork -> scores.add(all.of(fork)));
            });
            runs.add(scores);
        }
        assertThat(runs.getFirst()).doesNotHaveDuplicates().hasSize(4).isEqualTo(runs.getLast());
    }

    @Test
    void aNeighbourHasItsCosineAndLength() {
        FakeBackend backend = new FakeBackend(64, FakeBackend::standardNormal, (x0, preview) -> x0[0]);
        List<double[]> noises = new ArrayList<>();
        FakeBackend spy = new FakeBackend(
                64,
                (x, t) -> {
                    if (t == 1) {
                        noises.add(x);
                    }
                    return FakeBackend.standardNormal(x, t);
                },
                (x0, preview) -> x0[0]);
        run(spy, Budget.NONE, search -> {
            Candidate pivot = search.start(1).getFirst();
            Candidate near = search.near(pivot, 0.95);
            List<Candidate> both = new ArrayList<>(search.fork(pivot, 1));
            both.add(near);
            finish(search, both);
            assertThatIllegalArgumentException().isThrownBy(() -> search.near(near, 0.9));
        });
        double[] pivot = noises.get(0);
        double[] near = noises.get(1);
        assertThat(norm(near)).isCloseTo(norm(pivot), within(1e-9));
        assertThat(dot(pivot, near) / norm(pivot) / norm(near)).isCloseTo(0.95, within(1e-9));
        assertThat(backend.live()).isZero();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    @Test
    void renoisingKeepsTheMarginal() {
        // Ten Euler steps scale a coordinate by f; at level .5 its variance is then .25 f^2 + .25.
        double f = 1;
        for (int i = 0; i < STEPS; i++) {
            double t = 1 - (double) i / STEPS;
            f *= 1 - FakeBackend.standardNormal(new double[] {1}, t)[0] / STEPS;
        }
        List<Double> values = new ArrayList<>();
        FakeBackend backend = new FakeBackend(
                2000,
                (x, t) -> {
                    if (Math.abs(t - 0.5) < 1e-6) {
                        values.add(dot(x, x) / x.length);
                    }
                    return FakeBackend.standardNormal(x, t);
                },
                (x0, preview) -> x0[0]);
        run(backend, Budget.NONE, search -> {
            List<Candidate> some = search.start(8);
            search.denoise(some, STEPS, EulerOde.ODE);
            search.renoise(some, search.stepAt(0.5));
            assertThat(some).allSatisfy(each -> assertThat(each.step()).isEqualTo(5));
            values.clear();
            finish(search, some);
        });
        assertThat(values.stream().mapToDouble(value -> value).average().orElseThrow())
                .isCloseTo(0.25 * f * f + 0.25, within(0.02));
    }

    @Test
    void aMoveThatDoesNotFitIsNotBegun() {
        FakeBackend backend = FakeBackend.gaussian(2);
        SearchResult result = run(backend, Budget.ofForwards(25), search -> {
            finish(search, search.start(1));
            finish(search, search.start(1));
            finish(search, search.start(1));
        });
        assertThat(result.cost().forwards()).isEqualTo(20);
        assertThat(result.ranked()).hasSize(2);
        assertThat(result.stop()).isEqualTo(Stop.FORWARDS);
    }

    @Test
    void verifierCallsAreABudgetToo() {
        SearchResult result = run(FakeBackend.gaussian(2), Budget.NONE.withCalls(3), search -> {
            finish(search, search.start(2));
            finish(search, search.start(2));
        });
        assertThat(result.cost().verifierCalls()).isEqualTo(2);
        assertThat(result.stop()).isEqualTo(Stop.CALLS);
    }

    @Test
    void aScoreThatIsGoodEnoughEndsTheSearch() {
        SearchResult result = run(FakeBackend.gaussian(2), Budget.NONE.withScore(0.5), search -> {
            while (true) {
                finish(search, search.start(1));
            }
        });
        assertThat(result.stop()).isEqualTo(Stop.SCORE);
        assertThat(result.winner().score().orElseThrow()).isGreaterThanOrEqualTo(0.5);
        assertThat(result.ranked().stream().skip(1))
                .allSatisfy(scored -> assertThat(scored.score().orElseThrow()).isLessThan(0.5));
        assertThat(result.lineage().curve().getLast().best())
                .isEqualTo(result.winner().score().orElseThrow());
    }

    @Test
    void whatCannotFinishAnImageIsRefusedBeforeAnyCompute() {
        FakeBackend backend = FakeBackend.gaussian(2);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> run(backend, Budget.ofForwards(9), search -> {}))
                .withMessage("budget is 9 forwards, strategy script needs 10 or more for its first image");
        assertThat(backend.batches()).isEmpty();
    }

    @Test
    void timeThatIsOverBeforeTheFirstImageIsAnError() {
        FakeBackend backend = FakeBackend.gaussian(2).takes(Duration.ofMillis(20));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> run(
                        backend,
                        Budget.NONE.withTime(Duration.ofMillis(50)),
                        search -> finish(search, search.start(1))))
                .withMessageContaining("before the first image was finished");
    }

    @Test
    void limitsAreChecked() {
        for (Runnable wrong : List.<Runnable>of(
                () -> Budget.ofForwards(0),
                () -> Budget.NONE.withCalls(-1),
                () -> Budget.NONE.withTime(Duration.ZERO),
                () -> Budget.NONE.withScore(Double.NaN))) {
            assertThatExceptionOfType(InvalidInputException.class).isThrownBy(wrong::run);
        }
    }

    @Test
    void strategiesThatBreakTheRulesAreToldSo() {
        run(FakeBackend.gaussian(2), Budget.NONE, search -> {
            List<Candidate> one = search.start(1);
            assertThatIllegalArgumentException().isThrownBy(() -> search.score(one));
            assertThatIllegalArgumentException().isThrownBy(() -> search.denoise(one, STEPS + 1, EulerOde.ODE));
            finish(search, one);
            assertThatIllegalArgumentException().isThrownBy(() -> search.preview(one));
            search.drop(one);
            search.drop(one);
            assertThatIllegalArgumentException().isThrownBy(() -> search.fork(one.getFirst(), 1));
        });
    }

    @Test
    void scoringAgainCostsNothing() {
        SearchResult result = run(FakeBackend.gaussian(2), Budget.NONE, search -> {
            List<Candidate> some = search.start(3);
            finish(search, some);
            Scores again = search.score(some);
            assertThat(again.bestFirst().getFirst()).isEqualTo(again.best());
            search.drop(some);
            assertThat(search.score(some).best()).isEqualTo(again.best());
        });
        assertThat(result.cost().verifierCalls()).isEqualTo(3);
    }
}
