package io.irscale.bench;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import io.irscale.SearchRequest;
import io.irscale.search.Budget;
import io.irscale.search.Occupancy;
import io.irscale.search.SearchResult;
import io.irscale.search.SearchRun;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerMaruyama;
import io.irscale.strategy.PreviewPruning;
import io.irscale.strategy.RandomSearch;
import io.irscale.strategy.Rollover;
import io.irscale.strategy.VerifierThreshold;
import io.irscale.strategy.ZeroOrder;
import io.irscale.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Sixteen searches with prompts and strategies of their own, at once through the step batcher against one after another:
 * throughput, how full the batches were, and whether the winners are the same. The two ways take turns. Arguments:
 * pipeline, tokenizers, verifier, dtype (f32 or bf16), rounds, and the strategies: wide ones that fill a batch alone, or
 * narrow ones that draw one or two candidates at a time.
 */
public final class ConcurrentSearches {
    private static final int SEARCHES = 16;
    private static final int ROWS = 16;
    private static final Budget BUDGET = Budget.ofForwards(64);
    // Alone, some fill a batch by themselves, and others draw one or two candidates at a time.
    private static final List<Strategy> WIDE =
            List.of(RandomSearch.defaults(), ZeroOrder.defaults(), PreviewPruning.defaults());
    private static final List<Strategy> NARROW = List.of(
            new Rollover(2, 4, OptionalInt.empty(), EulerMaruyama.RBF),
            VerifierThreshold.defaults(),
            new ZeroOrder(1, 0.95, OptionalInt.empty(), false));

    private ConcurrentSearches() {}

    /** Runs the study. */
    public static void main(String[] arguments) {
        if (arguments.length != 6 || !List.of("wide", "narrow").contains(arguments[5])) {
            throw new IllegalArgumentException("expected: PIPELINE TOKENIZERS VERIFIER f32|bf16 ROUNDS wide|narrow");
        }
        List<Strategy> strategies = arguments[5].equals("wide") ? WIDE : NARROW;
        int rounds = Integer.parseInt(arguments[4]);
        EngineOptions options = EngineOptions.of(Path.of(arguments[0]))
                .withTokenizers(Path.of(arguments[1]))
                .withVerifier(Path.of(arguments[2]))
                .in(DType.valueOf(arguments[3].toUpperCase(Locale.ROOT)));
        try (Engine engine = Engine.open(options)) {
            together(engine, strategies);
            alone(engine, strategies);
            double[] ratios = new double[rounds];
            int same = 0;
            for (int round = 0; round < rounds; round++) {
                Occupancy before = engine.occupancy();
                Outcome together = together(engine, strategies);
                Occupancy after = engine.occupancy();
                Outcome alone = alone(engine, strategies);
                ratios[round] = alone.seconds() / together.seconds();
                same += together.winners().equals(alone.winners()) ? 1 : 0;
                System.out.printf(
                        Locale.ROOT,
                        "together %.3f s (%.0f forwards/s, %.2f of the slots filled), one after another %.3f s: %.2fx%n",
                        together.seconds(),
                        together.forwards() / together.seconds(),
                        (double) (after.rows() - before.rows()) / (after.slots() - before.slots()),
                        alone.seconds(),
                        ratios[round]);
            }
            Arrays.sort(ratios);
            System.out.printf(
                    Locale.ROOT,
                    "%s %s, %d searches of %d forwards, batches of %d: median %.2fx (%.2f to %.2f), the same winners in %d of %d%n",
                    arguments[5],
                    arguments[3],
                    SEARCHES,
                    BUDGET.forwards().orElseThrow(),
                    ROWS,
                    ratios[rounds / 2],
                    ratios[0],
                    ratios[rounds - 1],
                    same,
                    rounds);
        }
    }

    private record Outcome(double seconds, long forwards, List<String> winners) {
        static Outcome of(long start, List<SearchResult> results) {
            return new Outcome(
                    (System.nanoTime() - start) / 1e9,
                    results.stream()
                            .mapToLong(result -> result.cost().forwards())
                            .sum(),
                    results.stream()
                            .map(result -> "seed %d, candidate %d"
                                    .formatted(
                                            result.winner().candidate().seed(),
                                            result.winner().candidate().id()))
                            .toList());
        }
    }

    private static Outcome together(Engine engine, List<Strategy> strategies) {
        long start = System.nanoTime();
        List<SearchRun> runs = IntStream.range(0, SEARCHES)
                .mapToObj(i -> engine.start(request(i, strategies), GenerationListener.NONE))
                .toList();
        return Outcome.of(start, runs.stream().map(SearchRun::await).toList());
    }

    private static Outcome alone(Engine engine, List<Strategy> strategies) {
        long start = System.nanoTime();
        List<SearchResult> results = new ArrayList<>();
        for (int i = 0; i < SEARCHES; i++) {
            results.add(engine.search(request(i, strategies), GenerationListener.NONE));
        }
        return Outcome.of(start, results);
    }

    private static SearchRequest request(int i, List<Strategy> strategies) {
        GenerateRequest sampling = GenerateRequest.of("an infrared image of a road, take " + i)
                .withSize(96, 64)
                .withSteps(8)
                .withMaxSequenceLength(64)
                .withCandidates(1, 100L * i)
                .withBatch(ROWS);
        return SearchRequest.of(sampling, strategies.get(i % strategies.size()), BUDGET);
    }
}
