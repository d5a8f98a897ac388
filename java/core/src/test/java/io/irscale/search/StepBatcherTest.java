package io.irscale.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.irscale.error.ClosedException;
import io.irscale.error.DeviceMemoryException;
import io.irscale.solver.EulerOde;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many searches, one device. */
@Timeout(120)
class StepBatcherTest {
    private static final int STEPS = 6;

    /** Draws so many candidates in one go. */
    private record Draw(int n) implements Strategy {
        @Override
        public String name() {
            return "draw";
        }

        @Override
        public void run(Search search) {
            List<Candidate> drawn = search.start(n);
            search.denoise(drawn, search.steps(), EulerOde.ODE);
            search.score(drawn);
            search.drop(drawn);
        }
    }

    private static List<SearchRun> start(Searches searches, int n, int candidates, int rows) {
        return IntStream.range(0, n)
                .mapToObj(i -> searches.start(
                        new Draw(candidates),
                        Budget.NONE,
                        FakeBackend.conditioning(STEPS),
                        rows,
                        1000L * i,
                        SearchListener.NONE))
                .toList();
    }

    private static List<Long> winners(List<SearchRun> runs) {
        return runs.stream().map(run -> run.await().winner().candidate().seed()).toList();
    }

    @Test
    void sixteenSearchesShareTheirBatches() {
        FakeBackend together = FakeBackend.gaussian(3).takes(Duration.ofMillis(2));
        FakeBackend alone = FakeBackend.gaussian(3);
        List<Long> shared;
        Occupancy occupancy;
        try (Searches searches = new Searches(together)) {
            shared = winners(start(searches, 16, 2, 32));
            occupancy = searches.batcher().occupancy();
        }
        List<Long> one = new ArrayList<>();
        try (Searches searches = new Searches(alone)) {
            for (int i = 0; i < 16; i++) {
                one.add(searches.start(
                                new Draw(2),
                                Budget.NONE,
                                FakeBackend.conditioning(STEPS),
                                32,
                                1000L * i,
                                SearchListener.NONE)
                        .await()
                        .winner()
                        .candidate()
                        .seed());
            }
        }
        assertThat(shared).isEqualTo(one);
        assertThat(occupancy.rows()).isEqualTo(16L * 2 * STEPS);
        // They start one after another, so the first batches are not full; alone there would be 16 x 6.
        assertThat(together.batches().size()).isLessThan(16 * STEPS / 2);
        assertThat(alone.batches()).hasSize(16 * STEPS);
    }

    @Test
    void aRowThatEndsLeavesItsPlaceToTheNext() {
        FakeBackend backend = FakeBackend.gaussian(2);
        try (Searches searches = new Searches(backend)) {
            start(searches, 1, 9, 8).getFirst().await();
        }
        // 9 rows of 6 steps over 8 places: all but the last batch are full.
        assertThat(backend.batches()).containsExactly(8, 8, 8, 8, 8, 8, 6);
    }

    @Test
    void turnsAreFair() {
        FakeBackend backend = FakeBackend.gaussian(2).takes(Duration.ofMillis(1));
        List<String> ended = new ArrayList<>();
        try (Searches searches = new Searches(backend)) {
            SearchRun large = searches.start(
                    new Draw(400), Budget.NONE, FakeBackend.conditioning(STEPS), 4, 0, SearchListener.NONE);
            SearchRun small = searches.start(
                    new Draw(2), Budget.NONE, FakeBackend.conditioning(STEPS), 4, 0, SearchListener.NONE);
            small.await();
            ended.add("small");
            assertThat(backend.batches().size()).isLessThan(400 * STEPS / 4);
            large.await();
            ended.add("large");
        }
        assertThat(ended).containsExactly("small", "large");
    }

    @Test
    void memoryThatRunsOutHalvesTheBatch() {
        FakeBackend backend = FakeBackend.gaussian(2).fits(3);
        List<Integer> told = new ArrayList<>();
        SearchListener listener = new SearchListener() {
            @Override
            public void smallerBatch(int rows) {
                told.add(rows);
            }
        };
        try (Searches searches = new Searches(backend)) {
            SearchResult result = searches.start(
                            new Draw(8), Budget.NONE, FakeBackend.conditioning(STEPS), 8, 0, listener)
                    .await();
            assertThat(result.cost().forwards()).isEqualTo(8L * STEPS);
            assertThat(result.cost().verifierCalls()).isEqualTo(8);
            assertThat(result.ranked()).hasSize(8);
        }
        assertThat(told).containsExactly(4, 2);
        assertThat(backend.batches()).containsOnly(2);
    }

    @Test
    void ifNotOneFitsTheSearchFailsAndTheNextIsRight() {
        FakeBackend backend = FakeBackend.gaussian(2).fits(0);
        try (Searches searches = new Searches(backend)) {
            SearchRun run = start(searches, 1, 2, 8).getFirst();
            assertThatExceptionOfType(DeviceMemoryException.class).isThrownBy(run::await);
            backend.fits(8);
            assertThat(start(searches, 1, 2, 8).getFirst().await().ranked()).hasSize(2);
        }
    }

    @Test
    void whatAListenerThrowsEndsItsOwnSearchOnly() {
        FakeBackend backend = FakeBackend.gaussian(2).takes(Duration.ofMillis(1));
        SearchListener thrower = new SearchListener() {
            @Override
            public void progress(long forwards, double best) {
                throw new IllegalStateException("had enough");
            }
        };
        try (Searches searches = new Searches(backend)) {
            SearchRun bad = searches.start(new Draw(4), Budget.NONE, FakeBackend.conditioning(STEPS), 8, 0, thrower);
            SearchRun good = start(searches, 1, 4, 8).getFirst();
            assertThat(catchThrowable(bad::await)).hasMessage("had enough");
            assertThat(good.await().ranked()).hasSize(4);
        }
    }

    @Test
    void cancellingAThousandTimesFreesEverythingAndTheNextSearchIsRight() {
        FakeBackend backend = FakeBackend.gaussian(2);
        try (Searches searches = new Searches(backend)) {
            long expected = winners(start(searches, 1, 3, 8)).getFirst();
            for (int i = 0; i < 1000; i++) {
                SearchRun run = searches.start(
                        new Draw(500), Budget.NONE, FakeBackend.conditioning(200), 8, i, SearchListener.NONE);
                spin(ThreadLocalRandom.current().nextInt(200_000));
                run.cancel();
                assertThatExceptionOfType(CancellationException.class).isThrownBy(run::await);
                assertThat(backend.live())
                        .as("latents alive after cancelling %d", i)
                        .isZero();
            }
            assertThat(winners(start(searches, 1, 3, 8))).containsExactly(expected);
        }
    }

    @Test
    void aCancelledSearchTakesNoStepMoreThanTheOneItIsIn() {
        FakeBackend backend = FakeBackend.gaussian(2);
        List<SearchRun> self = new ArrayList<>();
        SearchListener canceller = new SearchListener() {
            @Override
            public void progress(long forwards, double best) {
                while (self.isEmpty()) {
                    Thread.onSpinWait();
                }
                self.getFirst().cancel();
            }
        };
        try (Searches searches = new Searches(backend)) {
            SearchRun run = searches.start(new Draw(4), Budget.NONE, FakeBackend.conditioning(STEPS), 8, 0, canceller);
            self.add(run);
            assertThatExceptionOfType(CancellationException.class).isThrownBy(run::await);
        }
        assertThat(backend.batches()).hasSize(1);
    }

    @Test
    void closingEndsAllSearches() {
        FakeBackend backend = FakeBackend.gaussian(2).takes(Duration.ofMillis(1));
        List<SearchRun> runs;
        try (Searches searches = new Searches(backend)) {
            runs = start(searches, 8, 50, 4);
        }
        assertThat(runs)
                .allSatisfy(
                        run -> assertThatExceptionOfType(ClosedException.class).isThrownBy(run::await));
    }

    @Test
    void timeEndsAWalkAtAStep() {
        FakeBackend backend = FakeBackend.gaussian(2).takes(Duration.ofMillis(5));
        try (Searches searches = new Searches(backend)) {
            SearchRun run = searches.start(
                    new io.irscale.strategy.RandomSearch(OptionalInt.empty()),
                    Budget.NONE.withTime(Duration.ofMillis(200)),
                    FakeBackend.conditioning(STEPS),
                    4,
                    0,
                    SearchListener.NONE);
            SearchResult result = run.await();
            assertThat(result.stop()).isEqualTo(Stop.TIME);
            assertThat(result.ranked()).isNotEmpty();
        }
    }

    @Test
    void timeAloneStartsSmallSoThatSomethingIsFinished() {
        for (Strategy strategy :
                List.of(io.irscale.strategy.RandomSearch.defaults(), io.irscale.strategy.PreviewPruning.defaults())) {
            FakeBackend backend = FakeBackend.gaussian(2).takes(Duration.ofMillis(2));
            try (Searches searches = new Searches(backend)) {
                SearchResult result = searches.start(
                                strategy,
                                Budget.NONE.withTime(Duration.ofMillis(500)),
                                FakeBackend.conditioning(STEPS),
                                1000,
                                0,
                                SearchListener.NONE)
                        .await();
                assertThat(result.stop()).isEqualTo(Stop.TIME);
                assertThat(result.lineage().curve()).isNotEmpty();
                assertThat(backend.batches().getFirst()).isLessThanOrEqualTo(4);
            }
        }
    }

    private static void spin(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }
}
