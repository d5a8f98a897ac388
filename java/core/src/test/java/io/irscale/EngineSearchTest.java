package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.Occupancy;
import io.irscale.search.Scored;
import io.irscale.search.Search;
import io.irscale.search.SearchResult;
import io.irscale.search.SearchRun;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerOde;
import io.irscale.text.SmallTokenizers;
import io.irscale.verify.ImageVerifier;
import io.irscale.verify.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Searches on the golden pipeline: shared batches, guidance, panels, cancelling. */
@ExtendWith(NoLeaks.class)
@Timeout(300)
class EngineSearchTest {
    private static final int STEPS = 6;
    private static EngineOptions options;
    private static Engine engine;

    /** Previews at half the way, finishes the better half. */
    private record Halving(int n) implements Strategy {
        @Override
        public String name() {
            return "halving";
        }

        @Override
        public void run(Search search) {
            List<Candidate> all = search.start(n);
            search.denoise(all, STEPS / 2, EulerOde.ODE);
            List<Candidate> kept = search.preview(all).bestFirst().subList(0, n / 2);
            search.drop(all.stream().filter(each -> !kept.contains(each)).toList());
            search.denoise(kept, STEPS, EulerOde.ODE);
            search.score(kept);
            search.drop(kept);
        }
    }

    @BeforeAll
    static void open(@TempDir Path tokenizers) throws IOException {
        options = EngineOptions.of(GoldenRun.DEV.resolve("pipeline")).withTokenizers(SmallTokenizers.write(tokenizers));
        engine = Engine.open(options.withVerifier(GoldenRun.DEV.resolve("clip")));
        for (int i = 0; i < 16; i++) {
            engine.search(request(i), GenerationListener.NONE); // the verifier keeps the prompts' embeddings
        }
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static GenerateRequest sampling(int i) {
        return GenerateRequest.of("a warm engine on a cold road, take " + i)
                .withSteps(STEPS)
                .withSize(64, 64)
                .withMaxSequenceLength(16)
                .withCandidates(1, 100L * i)
                .withBatch(16);
    }

    private static SearchRequest request(int i) {
        return SearchRequest.of(sampling(i), new Halving(4), Budget.NONE);
    }

    @Test
    void sixteenSearchesAtOnceFindWhatTheyFindAlone() {
        List<SearchResult> alone = IntStream.range(0, 16)
                .mapToObj(i -> engine.search(request(i), GenerationListener.NONE))
                .toList();
        Occupancy before = engine.occupancy();
        List<SearchRun> runs = IntStream.range(0, 16)
                .mapToObj(i -> engine.start(request(i), GenerationListener.NONE))
                .toList();
        List<SearchResult> together = runs.stream().map(SearchRun::await).toList();
        Occupancy after = engine.occupancy();
        double worst = 0;
        for (int i = 0; i < 16; i++) {
            assertThat(together.get(i).winner().candidate().id())
                    .isEqualTo(alone.get(i).winner().candidate().id());
            assertThat(together.get(i).cost().forwards())
                    .isEqualTo(alone.get(i).cost().forwards())
                    .isEqualTo(4 * (STEPS / 2 + 1) + 2 * (STEPS - STEPS / 2 - 1));
            worst = Math.max(
                    worst,
                    Math.abs(together.get(i).winner().score().orElseThrow()
                            - alone.get(i).winner().score().orElseThrow()));
        }
        double filled = (double) (after.rows() - before.rows()) / (after.slots() - before.slots());
        System.out.printf(
                "16 searches at once: %.2f of the slots filled, scores within %.1e of those alone%n", filled, worst);
        // Rounding may turn an 8-bit value of the image that the verifier sees.
        assertThat(worst).isLessThan(1e-3);
        assertThat(filled).isGreaterThan(0.5);
    }

    @Test
    void cancellingFreesEverythingAndTheNextSearchIsRight() throws Exception {
        long expected = engine.search(request(0), GenerationListener.NONE)
                .winner()
                .candidate()
                .seed();
        long live = Diagnostics.liveObjects();
        for (int i = 0; i < 50; i++) {
            SearchRun run = engine.start(
                    SearchRequest.of(sampling(i % 16).withSteps(STEPS), new Halving(16), Budget.NONE),
                    GenerationListener.NONE);
            TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(20_000));
            run.cancel();
            try {
                run.await();
            } catch (CancellationException e) {
                // as it should, unless it was done before
            }
            assertThat(Diagnostics.liveObjects()).as("after cancelling %d", i).isEqualTo(live);
        }
        assertThat(engine.search(request(0), GenerationListener.NONE)
                        .winner()
                        .candidate()
                        .seed())
                .isEqualTo(expected);
    }

    @Test
    void guidanceByTheVerifierRaisesItsScore() {
        GenerateRequest sampling = sampling(0).withSteps(12).withCandidates(4, 5);
        double plain = meanScore(SearchRequest.bestOf(sampling));
        for (Guidance.Form form : Guidance.Form.values()) {
            SearchResult guided = engine.search(
                    SearchRequest.bestOf(sampling).with(Guidance.of(0.05, form)), GenerationListener.NONE);
            double mean = mean(guided);
            System.out.printf("guided %s: mean score %.4f, unguided %.4f%n", form, mean, plain);
            assertThat(mean).isGreaterThan(plain + 0.01);
            assertThat(guided.cost().gradients()).isPositive();
            assertThat(guided.cost().forwards())
                    .isEqualTo(4 * 12
                            + (form == Guidance.Form.FULL ? 2 * guided.cost().gradients() : 0));
        }
    }

    private static double meanScore(SearchRequest request) {
        return mean(engine.search(request, GenerationListener.NONE));
    }

    private static double mean(SearchResult result) {
        return result.ranked().stream()
                .mapToDouble(scored -> scored.score().orElseThrow())
                .average()
                .orElseThrow();
    }

    @Test
    void previewsMayBeDecodedSmaller() {
        List<Integer> edges = new ArrayList<>();
        GenerationListener listener = new GenerationListener() {
            @Override
            public boolean wantsPreviews() {
                return true;
            }

            @Override
            public void previewed(Candidate candidate, double score, Image image) {
                edges.add(image.height());
            }
        };
        for (int factor : new int[] {1, 2, 4}) {
            SearchRequest request = new SearchRequest(
                    sampling(0),
                    new Halving(2),
                    Budget.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.of(factor));
            engine.search(request, listener);
        }
        assertThat(edges).containsExactly(64, 64, 32, 32, 16, 16);
        SearchRequest odd = new SearchRequest(
                sampling(0).withSize(80, 64),
                new Halving(2),
                Budget.NONE,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(4));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> engine.search(odd, GenerationListener.NONE))
                .withMessageContaining("preview factor is 4");
    }

    /** Scores by brightness. */
    private static final class Brightness implements ImageVerifier {
        private final List<Integer> sizes;

        Brightness(List<Integer> sizes) {
            this.sizes = sizes;
        }

        @Override
        public String name() {
            return "bright";
        }

        @Override
        public float[] score(List<Asked> asked) {
            sizes.add(asked.size());
            float[] scores = new float[asked.size()];
            for (int i = 0; i < scores.length; i++) {
                float[] values = asked.get(i).image().values();
                double sum = 0;
                for (float value : values) {
                    sum += value;
                }
                scores[i] = (float) (sum / values.length);
            }
            return scores;
        }

        @Override
        public void close() {
            sizes.add(-1);
        }
    }

    @Test
    void aPanelHasUsersVerifiersAndHeldOutOnes() {
        List<Integer> sizes = new ArrayList<>();
        EngineOptions panel = options.with(
                        new VerifierSpec(Member.of("bright"), new VerifierSpec.OfImages(() -> new Brightness(sizes))))
                .with(new VerifierSpec(
                        new Member("clip", 1, true), new VerifierSpec.Folder(GoldenRun.DEV.resolve("clip"))));
        try (Engine own = Engine.open(panel)) {
            List<Double> brightness = new ArrayList<>();
            SearchResult result = own.search(request(3), new GenerationListener() {
                @Override
                public void finished(Scored scored, Image image) {
                    double sum = 0;
                    for (float value : image.values()) {
                        sum += value;
                    }
                    brightness.add(sum / image.values().length);
                }
            });
            assertThat(result.verifiers()).containsExactly("bright", "clip");
            assertThat(result.winner().score().orElseThrow())
                    .isCloseTo(brightness.stream().mapToDouble(v -> v).max().orElseThrow(), within(1e-6));
            assertThat(result.ranked())
                    .allSatisfy(scored -> assertThat(scored.parts()).hasSize(2).doesNotContain(Float.NaN));
            assertThat(result.cost().verifierCalls()).isEqualTo(4 + 2);
            assertThat(sizes).containsExactly(4, 2);
        }
        assertThat(sizes).endsWith(-1);
    }

    @Test
    void guidanceNeedsOneClip() {
        try (Engine blind = Engine.open(options)) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> blind.search(
                            SearchRequest.bestOf(sampling(0)).with(Guidance.of(1, Guidance.Form.CHEAP)),
                            GenerationListener.NONE))
                    .withMessageContaining("exactly one optimised verifier");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> blind.search(request(0), GenerationListener.NONE))
                    .withMessage("strategy halving needs a verifier, and there is none");
        }
    }
}
