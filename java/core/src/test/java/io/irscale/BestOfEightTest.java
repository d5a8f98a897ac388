package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.decode.Image;
import io.irscale.ffi.NoLeaks;
import io.irscale.search.Ledger;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import io.irscale.text.SmallTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a search costs, and that its outcome hangs on nothing but the request. */
@ExtendWith(NoLeaks.class)
class BestOfEightTest {
    private static final int STEPS = 3;
    private static final GenerateRequest REQUEST = GenerateRequest.of("a warm engine on a cold road")
            .withCandidates(8, 1L << 40)
            .withSteps(STEPS)
            .withSize(64, 64)
            .withMaxSequenceLength(32);

    private static Engine engine;

    @BeforeAll
    static void open(@TempDir Path tokenizers) throws IOException {
        engine = Engine.open(EngineOptions.of(GoldenRun.DEV.resolve("pipeline"))
                .withVerifier(GoldenRun.DEV.resolve("clip"))
                .withTokenizers(SmallTokenizers.write(tokenizers)));
        engine.best(REQUEST); // the verifier keeps the prompt's embedding
        engine.best(REQUEST.withTrueCfg(2, ""));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static SearchResult run(GenerateRequest request) {
        return engine.generate(request, GenerationListener.NONE);
    }

    @Test
    void sharesOneTextEncodingAndOnePlan() {
        assertThat(run(REQUEST).cost()).isEqualTo(new Ledger.Counts(1, 1, 8 * STEPS, STEPS, 0, 0, 8, 8));
        assertThat(run(REQUEST.withBatch(3)).cost())
                .isEqualTo(new Ledger.Counts(1, 1, 8 * STEPS, 3 * STEPS, 0, 0, 8, 8));
    }

    @Test
    void aNegativePromptDoublesTheForwardsInTheSameBatches() {
        assertThat(run(REQUEST.withTrueCfg(2, "fog")).cost())
                .isEqualTo(new Ledger.Counts(2, 2, 16 * STEPS, STEPS, 0, 0, 8, 8));
        assertThat(run(REQUEST.withTrueCfg(1, "fog")).cost().forwards()).isEqualTo(8 * STEPS);
    }

    @Test
    void progressEndsWhereItShould() {
        List<Long> heard = new ArrayList<>();
        GenerateRequest request = REQUEST.withTrueCfg(2, "fog").withBatch(5);
        SearchResult result = engine.generate(request, new GenerationListener() {
            @Override
            public void progress(long forwards, double best) {
                heard.add(forwards);
            }
        });
        assertThat(heard).containsExactly(10L, 20L, 30L, 36L, 42L, 48L);
        assertThat(result.ranked())
                .allSatisfy(scored -> assertThat(scored.forwards()).isEqualTo(2 * STEPS));
    }

    @Test
    void theSameRequestGivesTheSameBytesTwice() {
        Map<Long, Image> first = GoldenRun.images(engine, REQUEST);
        Map<Long, Image> second = GoldenRun.images(engine, REQUEST);
        assertThat(first).hasSize(8);
        assertThat(second.keySet()).isEqualTo(first.keySet());
        second.forEach((seed, image) -> {
            Image other = Objects.requireNonNull(first.get(seed));
            assertThat(image.values()).isEqualTo(other.values());
            assertThat(image.rgb8()).isEqualTo(other.rgb8());
        });
        assertThat(run(REQUEST).ranked().getFirst().score())
                .isEqualTo(run(REQUEST).ranked().getFirst().score());
    }

    @Test
    void theOrderDoesNotDependOnTheBatch() {
        List<Scored> expected = run(REQUEST.withBatch(8)).ranked();
        assertThat(expected).hasSize(8);
        double worst = 0;
        for (int batch : new int[] {1, 2, 3, 8}) {
            List<Scored> ranked = run(REQUEST.withBatch(batch)).ranked();
            for (int i = 0; i < 8; i++) {
                assertThat(ranked.get(i).candidate().seed())
                        .as("batch %d, place %d", batch, i)
                        .isEqualTo(expected.get(i).candidate().seed());
                worst = Math.max(
                        worst,
                        Math.abs(ranked.get(i).score().orElseThrow()
                                - expected.get(i).score().orElseThrow()));
            }
        }
        System.out.printf("largest difference of a score between batch sizes: %.1e%n", worst);
        double spread = expected.getFirst().score().orElseThrow()
                - expected.getLast().score().orElseThrow();
        // A pixel between two 8-bit levels goes to the other one by a last digit, and takes a score along by 1e-5.
        assertThat(worst).isLessThan(5e-5).isLessThan(spread / 100);
    }

    @Test
    void theBestIsTheOneRankedFirst() {
        Map<Long, Image> images = GoldenRun.images(engine, REQUEST);
        long seed = run(REQUEST).ranked().getFirst().candidate().seed();
        assertThat(engine.best(REQUEST).values())
                .isEqualTo(Objects.requireNonNull(images.get(seed)).values());
        assertThat(run(REQUEST).ranked()).isSortedAccordingTo(Scored.BEST_FIRST);
    }
}
