package io.irscale.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.tensor.Tensor;
import io.irscale.verify.Member;
import io.irscale.verify.Panel;
import io.irscale.verify.Verifier;
import io.irscale.verify.WeightedSum;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs searches on a fake device with a thread of its own, and sees to it that nothing stays alive. */
public final class Searches implements AutoCloseable {
    /** A panel of one, whose scores the fake device makes. */
    public static final Panel PANEL =
            new Panel.Builder().add(Member.of("fake"), new Unasked()).build(WeightedSum::new);

    private final FakeBackend backend;
    private final ExecutorService device = Executors.newSingleThreadExecutor();
    private final StepBatcher batcher;

    public Searches(FakeBackend backend) {
        this.backend = backend;
        this.batcher = new StepBatcher(backend, device, Duration.ofMillis(1), 64);
    }

    /** Runs one search of {@code steps} even steps on its own and checks that every latent was freed. */
    public static SearchResult run(FakeBackend backend, Strategy strategy, Budget budget, int steps, long seed) {
        try (Searches searches = new Searches(backend)) {
            return searches.start(strategy, budget, FakeBackend.conditioning(steps), 16, seed, SearchListener.NONE)
                    .await();
        }
    }

    /** Starts a search with {@code rows} candidates at a time. */
    public SearchRun start(
            Strategy strategy, Budget budget, Conditioning conditioning, int rows, long seed, SearchListener listener) {
        SearchSetup setup = new SearchSetup(strategy, budget, PANEL, seed, listener);
        return await(
                device.submit(() -> SearchRun.start(batcher, setup, conditioning, BatchSize.of(rows), new Ledger())));
    }

    public StepBatcher batcher() {
        return batcher;
    }

    @Override
    public void close() {
        await(device.submit(batcher::close, true));
        device.close();
        assertThat(backend.live()).as("latents alive").isZero();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Unasked implements Verifier {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public float[] score(Tensor images, List<String> prompts) {
            throw new UnsupportedOperationException("the fake device scores");
        }

        @Override
        public void close() {}
    }
}
