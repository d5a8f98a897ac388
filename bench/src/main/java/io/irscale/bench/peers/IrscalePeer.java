package io.irscale.bench.peers;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import io.irscale.SearchRequest;
import io.irscale.denoise.Euler;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.search.Budget;
import io.irscale.search.SearchResult;
import io.irscale.search.Strategy;
import io.irscale.strategy.PreviewPruning;
import io.irscale.strategy.RandomSearch;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** This project, in this process. */
final class IrscalePeer implements Peer {
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1f, 0f});

    private final Optional<Path> libtorch;
    private final Device device;
    // Native objects belong to a thread, as an engine's to its own. It ends with its transformer: two threads that have
    // called
    // libtorch leave OpenMP more threads than processors, which then wait by sleeping.
    private @Nullable ExecutorService thread;
    private @Nullable Transformer transformer;
    private @Nullable Searcher searcher;

    IrscalePeer(Optional<Path> libtorch, Device device) {
        this.libtorch = libtorch;
        this.device = device;
        TorchLibraries.open(libtorch);
    }

    private record Transformer(Path model, DType dtype, FluxTransformer flux) {}

    private record Searcher(Path model, DType dtype, Engine engine) {}

    @Override
    public String name() {
        return "irscale";
    }

    @Override
    public boolean does(Work work) {
        return true;
    }

    @Override
    public Outcome run(Work work) {
        return switch (work) {
            case Work.Step step -> onThread(step);
            case Work.Search search -> search(search);
        };
    }

    private Outcome onThread(Work.Step work) {
        Transformer now = transformer;
        if (now == null || !now.model().equals(work.model()) || now.dtype() != work.dtype()) {
            close();
            thread = Executors.newSingleThreadExecutor();
        }
        return join(Objects.requireNonNull(thread).submit(() -> step(work)));
    }

    private static <T> T join(Future<T> result) {
        try {
            return result.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Outcome step(Work.Step work) {
        FluxTransformer flux = transformer(work);
        try (Checkpoint inputs = Checkpoint.open(work.inputs());
                Tensor all = tensor(inputs, "img");
                Tensor img = all.slice(0, work.batch());
                Tensor txt = tensor(inputs, "txt");
                Tensor vec = tensor(inputs, "vec")) {
            int edge = (int) Math.sqrt((double) img.size(1));
            LatentShape shape =
                    LatentShape.ofImage(16 * edge, 16 * edge, 8, flux.config().latentChannels());
            try (Plan plan = flux.plan(txt, vec, 3.5f, SCHEDULE, shape);
                    Tensor host = img.copy();
                    Tensor latents = host.to(device, DType.F32)) {
                List<Row> rows = Collections.nCopies(work.batch(), Row.of(plan, 0));
                float[] dsigma = new float[work.batch()];
                Arrays.fill(dsigma, Work.Step.DSIGMA);
                long start = System.nanoTime();
                float[] first = {};
                for (int i = 0; i < Work.Step.REPEATS; i++) {
                    try (Tensor velocity = flux.velocity(latents, rows, null)) {
                        Euler.step(latents, velocity, dsigma);
                        if (i == 0) {
                            first = velocity.floats(); // waits for the device; so does the peer
                        }
                    }
                }
                try (Tensor row = latents.slice(0, 1)) {
                    row.floats();
                }
                double seconds = (System.nanoTime() - start) / 1e9 / Work.Step.REPEATS;
                return new Outcome(seconds, list(first));
            }
        }
    }

    private static List<Float> list(float[] values) {
        List<Float> out = new ArrayList<>(values.length);
        for (float value : values) {
            out.add(value);
        }
        return out;
    }

    private static Tensor tensor(Checkpoint file, String name) {
        StoredTensor stored = file.tensor(name);
        long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
        return Tensor.wrap(stored.data(), stored.dtype(), shape);
    }

    private FluxTransformer transformer(Work.Step work) {
        if (transformer == null) {
            FluxTransformer flux = FluxTransformer.open(work.model(), device, work.dtype());
            transformer = new Transformer(work.model(), work.dtype(), flux);
        }
        return transformer.flux();
    }

    private Outcome search(Work.Search work) {
        Searcher now = searcher;
        if (now == null || !now.model().equals(work.model()) || now.dtype() != work.dtype()) {
            close();
            EngineOptions options = EngineOptions.of(work.model())
                    .withVerifier(work.verifier())
                    .on(device)
                    .in(work.dtype());
            now = new Searcher(
                    work.model(),
                    work.dtype(),
                    Engine.open(libtorch.map(options::withLibtorch).orElse(options)));
            searcher = now;
        }
        GenerateRequest sampling = GenerateRequest.of(work.prompt())
                .withSize(work.size(), work.size())
                .withSteps(work.steps())
                .withGuidance(Work.Search.GUIDANCE)
                .withMaxSequenceLength(Work.Search.TOKENS)
                .withCandidates(1, Work.Search.SEED);
        OptionalInt n = OptionalInt.of(work.candidates());
        Strategy strategy =
                work.pruned() ? new PreviewPruning(PreviewPruning.defaults().cuts(), n) : new RandomSearch(n);
        SearchRequest request = SearchRequest.of(sampling, strategy, Budget.NONE);
        long start = System.nanoTime();
        SearchResult found = now.engine().search(request, GenerationListener.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Float> scores = new ArrayList<>(Collections.nCopies(work.candidates(), Work.Search.CUT));
        found.ranked()
                .forEach(scored -> scores.set(
                        scored.candidate().id(), (float) scored.score().orElseThrow()));
        return new Outcome(seconds, scores);
    }

    @Override
    public void close() {
        Transformer own = transformer;
        if (own != null && thread != null) {
            join(thread.submit(own.flux()::close));
            thread.close();
            transformer = null;
            thread = null;
        }
        if (searcher != null) {
            searcher.engine().close();
            searcher = null;
        }
    }
}
