package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.denoise.Approximation;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.Search;
import io.irscale.search.SearchResult;
import io.irscale.search.Strategy;
import io.irscale.solver.DdimEta;
import io.irscale.solver.EulerOde;
import io.irscale.tensor.DType;
import io.irscale.text.SmallTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Searches by a transformer that leaves blocks out: what candidates remember is shared by forks and freed. */
@ExtendWith(NoLeaks.class)
@Timeout(300)
class EngineApproximationTest {
    private static final int STEPS = 8;

    @TempDir
    private Path tokenizers;

    /** Forks, renoises, drops and previews on the way. */
    private record Wandering() implements Strategy {
        @Override
        public String name() {
            return "wandering";
        }

        @Override
        public void run(Search search) {
            List<Candidate> all = search.start(3);
            search.denoise(all, 3, EulerOde.ODE);
            List<Candidate> forks = search.fork(all.getFirst(), 2);
            search.drop(all.subList(1, 3));
            search.renoise(forks, 1);
            search.denoise(forks, 4, new DdimEta(0.5));
            search.preview(forks);
            search.denoise(forks, STEPS, EulerOde.ODE);
            search.denoise(all.subList(0, 1), STEPS, EulerOde.ODE);
            search.score(forks);
            search.score(all.subList(0, 1));
        }
    }

    private EngineOptions options() throws IOException {
        return EngineOptions.of(GoldenRun.DEV.resolve("pipeline"))
                .withTokenizers(SmallTokenizers.write(tokenizers))
                .withVerifier(GoldenRun.DEV.resolve("clip"));
    }

    private static double score(EngineOptions options) {
        GenerateRequest sampling = GenerateRequest.of("a warm engine on a cold road")
                .withSteps(STEPS)
                .withSize(64, 64)
                .withMaxSequenceLength(16)
                .withCandidates(1, 7)
                .withBatch(4);
        try (Engine engine = Engine.open(options)) {
            long live = Diagnostics.liveObjects();
            SearchResult result =
                    engine.search(SearchRequest.of(sampling, new Wandering(), Budget.NONE), GenerationListener.NONE);
            assertThat(Diagnostics.liveObjects())
                    .as("the verifier keeps the prompt")
                    .isLessThanOrEqualTo(live + 1);
            return result.winner().score().orElseThrow();
        }
    }

    @Test
    void aSearchThatReusesEndsNearTheOneThatDoesNot() throws IOException {
        double lossless = score(options());
        assertThat(score(options().with(new Approximation(false, 1e-9))))
                .as("nothing is left out")
                .isEqualTo(lossless);
        double reused = score(options().with(new Approximation(false, 1)));
        System.out.printf("score %.5f, with most blocks left out %.5f%n", lossless, reused);
        assertThat(reused).isNotEqualTo(lossless).isBetween(lossless - 0.2, lossless + 0.2);
    }

    @Test
    void fp8NeedsBf16() throws IOException {
        EngineOptions options = options();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> options.with(new Approximation(true, 0)))
                .withMessage("FP8 needs dtype BF16, not F32");
        double lossless = score(options.in(DType.BF16));
        double fp8 = score(options.in(DType.BF16).with(new Approximation(true, 0)));
        System.out.printf("score %.5f, in FP8 %.5f%n", lossless, fp8);
        assertThat(fp8).isBetween(lossless - 0.2, lossless + 0.2);
    }
}
