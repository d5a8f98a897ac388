package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.decode.Image;
import io.irscale.search.Scored;
import io.irscale.search.SearchRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

/** A candidate that goes through the device by itself has the same bytes in whatever company. */
class DeterministicTest {
    private static final Path DEMO =
            Path.of(System.getProperty("irscale.root", "../..")).resolve("demo");
    private static final int CANDIDATES = 3;

    private final Kept together = new Kept();

    /** Keeps the images and their scores by seed. */
    private static final class Kept implements GenerationListener {
        private final Map<Long, Image> images = new ConcurrentSkipListMap<>();
        private final Map<Long, Float> scores = new ConcurrentSkipListMap<>();

        @Override
        public void finished(Scored scored, Image image) {
            images.put(scored.candidate().seed(), image);
            scores.put(scored.candidate().seed(), scored.parts()[0]);
        }
    }

    private static GenerateRequest request(int candidates, long seed) {
        return ModelDefaults.of(DEMO.resolve("pipeline"))
                .request("an infrared aerial photo at night from 60 m looking straight down, with one car")
                .withSteps(4)
                .withCandidates(candidates, seed)
                .withBatch(1);
    }

    private void assertAsTogether(Kept other) {
        assertThat(other.images.keySet()).isEqualTo(together.images.keySet());
        other.images.forEach((seed, image) -> assertThat(image.values())
                .as("seed %d", seed)
                .isEqualTo(Objects.requireNonNull(together.images.get(seed)).values()));
        assertThat(other.scores).isEqualTo(together.scores);
    }

    @Test
    void sameBytesWithOtherCandidatesAndOtherSearches() {
        try (Engine engine =
                Engine.open(EngineOptions.of(DEMO.resolve("pipeline")).withVerifier(DEMO.resolve("verifier")))) {
            engine.generate(request(CANDIDATES, 0), together);

            Kept alone = new Kept();
            for (long seed = 0; seed < CANDIDATES; seed++) {
                engine.generate(request(1, seed), alone);
            }
            assertAsTogether(alone);

            Kept crowded = new Kept();
            List<SearchRun> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                others.add(
                        engine.start(SearchRequest.bestOf(request(4, 100 + i).withBatch(4)), GenerationListener.NONE));
            }
            engine.generate(request(CANDIDATES, 0), crowded);
            others.forEach(SearchRun::await);
            assertAsTogether(crowded);
        }
    }
}
