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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** This project, in this process. */
final class IrscalePeer implements Peer {
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1f, 0f});

    private final Optional<Path> libtorch;
    private final Device device;
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
            case Work.Step step -> step(step);
            case Work.Search search -> search(search);
        };
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
                List<Float> first = List.of();
                for (int i = 0; i < Work.Step.REPEATS; i++) {
                    try (Tensor velocity = flux.velocity(latents, rows, null)) {
                        Euler.step(latents, velocity, dsigma);
                        if (i == 0) {
                            first = list(velocity.floats()); // waits for the device; so does the peer
                        }
                    }
                }
                try (Tensor row = latents.slice(0, 1)) {
                    row.floats();
                }
                return new Outcome((System.nanoTime() - start) / 1e9 / Work.Step.REPEATS, first);
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
        Transformer now = transformer;
        if (now == null || !now.model().equals(work.model()) || now.dtype() != work.dtype()) {
            close();
            now = new Transformer(work.model(), work.dtype(), FluxTransformer.open(work.model(), device, work.dtype()));
            transformer = now;
        }
        return now.flux();
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
        GenerateRequest sampling = GenerateRequest.of(Work.Search.PROMPT)
                .withSize(work.size(), work.size())
                .withSteps(work.steps())
                .withGuidance(Work.Search.GUIDANCE)
                .withMaxSequenceLength(Work.Search.TOKENS)
                .withCandidates(1, Work.Search.SEED);
        SearchRequest request =
                SearchRequest.of(sampling, new RandomSearch(OptionalInt.of(work.candidates())), Budget.NONE);
        long start = System.nanoTime();
        SearchResult found = now.engine().search(request, GenerationListener.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Float> scores = found.ranked().stream()
                .sorted(Comparator.comparingInt(scored -> scored.candidate().id()))
                .map(scored -> (float) scored.score().orElseThrow())
                .toList();
        return new Outcome(seconds, scores);
    }

    @Override
    public void close() {
        if (transformer != null) {
            transformer.flux().close();
            transformer = null;
        }
        if (searcher != null) {
            searcher.engine().close();
            searcher = null;
        }
    }
}
