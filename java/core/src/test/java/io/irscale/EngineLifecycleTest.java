package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.irscale.decode.Image;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.error.IrscaleException;
import io.irscale.ffi.NoLeaks;
import io.irscale.latent.Noise;
import io.irscale.search.Scored;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.SmallTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Threads, closing and failing: typed exceptions and nothing left alive. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class EngineLifecycleTest {
    private static final GenerateRequest REQUEST = GenerateRequest.of("a warm engine on a cold road")
            .withSteps(2)
            .withSize(32, 32)
            .withMaxSequenceLength(8);

    private static EngineOptions options;

    @BeforeAll
    static void prepare(@TempDir Path tokenizers) throws IOException {
        options = EngineOptions.of(GoldenRun.DEV.resolve("pipeline"))
                .withVerifier(GoldenRun.DEV.resolve("clip"))
                .withTokenizers(SmallTokenizers.write(tokenizers));
    }

    private static float[] draw(Engine engine, long seed) {
        return engine.best(REQUEST.withCandidates(1, seed)).values();
    }

    @Test
    void closingEndsAGenerationAtItsNextStep() throws Exception {
        Engine engine = Engine.open(options);
        Thread closer = new Thread(engine::close);
        AtomicInteger steps = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(() ->
                catchThrowable(() -> engine.generate(REQUEST.withSteps(1000), new GenerationListener() {
                    @Override
                    public void progress(long forwards, double best) {
                        steps.incrementAndGet();
                        started.countDown();
                        while (closer.getState() != Thread.State.WAITING) { // until it waits for this very step
                            Thread.onSpinWait();
                        }
                    }
                })));
        started.await();
        closer.start();
        assertThat(outcome.join()).isInstanceOf(ClosedException.class).hasMessage("the engine was closed");
        closer.join();
        assertThat(steps).hasValue(1);
        assertThat(Diagnostics.liveObjects()).isZero();
    }

    @Test
    void workThatWaitedItsTurnIsRefusedByAClose() throws Exception {
        Engine engine = Engine.open(options);
        CountDownLatch running = new CountDownLatch(1);
        Thread closer = new Thread(engine::close);
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> engine.call(pipeline -> {
            running.countDown();
            while (closer.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            return 7;
        }));
        running.await();
        CompletableFuture<Throwable> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> second.complete(catchThrowable(() -> draw(engine, 1))));
        waiting.start();
        while (waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        closer.start();
        assertThat(first.join()).isEqualTo(7); // what runs comes to its end
        assertThat(second.join()).isInstanceOf(ClosedException.class);
        closer.join();
    }

    @Test
    void useAndCloseAfterCloseAreRefused() {
        Engine engine = Engine.open(options);
        engine.close();
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(engine::close)
                .withMessage("the engine was closed before");
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> draw(engine, 1));
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(() -> engine.call(Pipeline::options))
                .withMessage("the engine was closed");
    }

    @Test
    void aPipelineThatGotOutIsOfNoUseAfterClose() {
        Pipeline escaped;
        try (Engine engine = Engine.open(options)) {
            escaped = engine.call(pipeline -> pipeline);
            try (Tensor mine = Tensor.of(new float[16], 1, 4, 2, 2)) {
                assertThat(catchThrowable(() -> escaped.vae().decode(mine))).isInstanceOf(WrongThreadException.class);
            }
        }
        try (Tensor mine = Tensor.of(new float[16], 1, 4, 2, 2)) {
            assertThat(catchThrowable(() -> escaped.vae().decode(mine))).isInstanceOf(ClosedException.class);
        }
    }

    @Test
    void theDeviceThreadCannotCallItsOwnEngine() {
        AtomicInteger ran = new AtomicInteger();
        try (Engine engine = Engine.open(options)) {
            for (Runnable call : List.<Runnable>of(
                    () -> engine.call(pipeline -> ran.incrementAndGet()),
                    () -> engine.generate(REQUEST, new GenerationListener() {
                        @Override
                        public void progress(long forwards, double best) {
                            ran.incrementAndGet();
                        }
                    }),
                    engine::close)) {
                assertThat(catchThrowable(() -> engine.call(pipeline -> {
                            call.run();
                            return 0;
                        })))
                        .isInstanceOf(WrongThreadException.class);
            }
            assertThat(catchThrowable(() -> engine.generate(REQUEST, new GenerationListener() {
                        @Override
                        public void progress(long forwards, double best) {
                            engine.best(REQUEST);
                        }
                    })))
                    .isInstanceOf(WrongThreadException.class);
            List<float[]> nested = new ArrayList<>();
            engine.generate(REQUEST, new GenerationListener() {
                @Override
                public void finished(Scored scored, Image image) {
                    nested.add(draw(engine, 1)); // a search's own thread may search
                }
            });
            assertThat(nested).hasSize(1);
            draw(engine, 1); // whatever they left in the queue would run before
            assertThat(ran).hasValue(0);
        }
    }

    @Test
    void aTensorBelongsToTheDeviceThread() {
        try (Engine engine = Engine.open(options)) {
            Tensor leaked = engine.call(
                    pipeline -> Noise.packed(new long[] {1}, pipeline.latents(32, 32), Device.CPU, DType.F32));
            for (Runnable use : List.<Runnable>of(
                    leaked::floats,
                    leaked::memory,
                    leaked::close,
                    leaked::copy,
                    () -> Tensor.concat(List.of(leaked)))) {
                assertThat(catchThrowable(use::run)).isInstanceOf(WrongThreadException.class);
            }
            assertThat(leaked.shape()).containsExactly(1, 4, 16);
            engine.call(pipeline -> {
                leaked.close();
                return 0;
            });
        }
    }

    @Test
    void whatTheWorkThrowsComesOutAndTheEngineGoesOn() {
        try (Engine engine = Engine.open(options)) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> engine.call(pipeline -> {
                        throw new IllegalStateException("mine");
                    }))
                    .withMessage("mine");
            assertThatExceptionOfType(StackOverflowError.class)
                    .isThrownBy(() -> engine.call(pipeline -> {
                        throw new StackOverflowError();
                    }));
            long alive = Diagnostics.liveObjects();
            float[] before = draw(engine, 1);
            assertThat(catchThrowable(() -> engine.generate(REQUEST, new GenerationListener() {
                        @Override
                        public void finished(Scored scored, Image image) {
                            throw new IllegalStateException("enough");
                        }
                    })))
                    .hasMessage("enough");
            for (GenerateRequest wrong : List.of(
                    REQUEST.withSize(33, 32),
                    REQUEST.withTrueCfg(2, "half a pair \ud800"),
                    REQUEST.withSize(32, 9000))) {
                assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> engine.best(wrong));
            }
            assertThat(draw(engine, 1)).isEqualTo(before);
            assertThat(Diagnostics.liveObjects()).isEqualTo(alive + 1); // the verifier keeps the prompt's embedding
        }
    }

    @Test
    void anInterruptedCallerGetsItsImageAndStaysInterrupted() throws Exception {
        try (Engine engine = Engine.open(options)) {
            float[] expected = draw(engine, 1);
            CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
                Thread.currentThread().interrupt();
                assertThat(draw(engine, 1)).isEqualTo(expected);
                return Thread.interrupted();
            });
            assertThat(interrupted.get()).isTrue();
        }
    }

    @Test
    void twoEnginesDoNotDisturbEachOther() throws Exception {
        List<DType> dtypes = List.of(DType.F32, DType.BF16);
        List<List<float[]>> alone = new ArrayList<>();
        for (DType dtype : dtypes) {
            try (Engine engine = Engine.open(options.in(dtype))) {
                alone.add(List.of(draw(engine, 1), draw(engine, 2), draw(engine, 3)));
            }
        }
        assertThat(alone.getFirst().getFirst()).isNotEqualTo(alone.getLast().getFirst());
        try (Engine first = Engine.open(options.in(DType.F32));
                Engine second = Engine.open(options.in(DType.BF16));
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> done = new ArrayList<>();
            for (Engine engine : List.of(first, second)) {
                List<float[]> expected = alone.get(engine == first ? 0 : 1);
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 9; i++) {
                        assertThat(draw(engine, i % 3 + 1)).isEqualTo(expected.get(i % 3));
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
    }

    @Test
    void everyThreadGetsItsOwnImage() throws Exception {
        try (Engine engine = Engine.open(options);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<float[]> expected = new ArrayList<>();
            List<Future<float[]>> drawn = new ArrayList<>();
            for (int seed = 0; seed < 16; seed++) {
                expected.add(draw(engine, seed));
            }
            for (int i = 0; i < 32; i++) {
                int seed = i % 16;
                drawn.add(threads.submit(() -> draw(engine, seed)));
            }
            for (int i = 0; i < 32; i++) {
                // They share batches, of any size: equal but for rounding.
                assertThat(drawn.get(i).get()).containsExactly(expected.get(i % 16), within(1e-5f));
            }
        }
    }

    @Test
    void openingInVainLeavesNothing(@TempDir Path folder) throws IOException {
        Path broken = Files.createDirectory(folder.resolve("clip"));
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.createLink(
                    broken.resolve(name),
                    GoldenRun.DEV.resolve("clip").resolve(name).toRealPath());
        }
        Files.writeString(broken.resolve("preprocessor_config.json"), "{\"resample\": 2}");
        Path textEncoder = GoldenRun.DEV.resolve("pipeline/text_encoder");
        for (EngineOptions wrong : List.of(
                options.withVerifier(folder.resolve("absent")),
                options.withVerifier(broken),
                options.withVerifier(textEncoder),
                options.withTokenizers(folder),
                options.withVae(GoldenRun.DEV.resolve("clip")),
                options.withTransformer(GoldenRun.DEV.resolve("pipeline/vae")),
                EngineOptions.of(folder.resolve("absent")),
                EngineOptions.of(folder),
                options.on(new Device(0)))) {
            assertThat(catchThrowable(() -> Engine.open(wrong)))
                    .as("%s", wrong)
                    .isInstanceOf(IrscaleException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .isNotEmpty()
                    .doesNotContain("\n");
            assertThat(Diagnostics.liveObjects()).isZero();
        }
        try (Engine engine = Engine.open(options)) {
            assertThat(draw(engine, 1)).isNotEmpty();
        }
    }

    @Test
    void openingAgainAndAgainLeavesNothing() {
        float[] first = {};
        for (int i = 0; i < 10; i++) {
            try (Engine engine = Engine.open(options)) {
                float[] drawn = draw(engine, 1);
                assertThat(drawn).isEqualTo(i == 0 ? drawn : first);
                first = drawn;
            }
            assertThat(Diagnostics.liveObjects()).isZero();
        }
    }
}
