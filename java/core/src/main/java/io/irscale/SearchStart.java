package io.irscale;

import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.Plan;
import io.irscale.ffi.DeviceMemory;
import io.irscale.latent.LatentShape;
import io.irscale.search.BatchSize;
import io.irscale.search.Ledger;
import io.irscale.search.Prospect;
import io.irscale.search.SearchRun;
import io.irscale.search.SearchSetup;
import io.irscale.search.StepBatcher;
import io.irscale.text.PromptEncoder;
import io.irscale.text.TextEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a request to a running search: encodes the prompt and makes its plans, on the device thread. */
final class SearchStart {
    // More rows do not make a CPU faster, and every step would take longer to answer to a cancel.
    private static final int CPU_ROWS = 32;

    private final Pipeline pipeline;
    private final SearchRequest request;
    private final GenerateRequest sampling;
    private final GenerationListener listener;
    private final Ledger ledger = new Ledger();

    SearchStart(Pipeline pipeline, SearchRequest request, GenerationListener listener) {
        this.pipeline = pipeline;
        this.request = request;
        this.sampling = request.sampling();
        this.listener = listener;
    }

    SearchRun run(StepBatcher batcher) {
        long start = System.nanoTime();
        if (request.guidance().isPresent()) {
            pipeline.reward(); // or say that there is none, before any compute
        }
        LatentShape shape = pipeline.latents(sampling.height(), sampling.width());
        FlowSchedule flow = pipeline.schedule(sampling.steps(), shape);
        FlowSchedule schedule =
                request.grid().map(grid -> flow.with(grid.levels(flow))).orElse(flow);
        StepCost cost = new StepCost(schedule, sampling.guided(), request.guidance());
        new Prospect(request.budget(), schedule, cost::forwards)
                .check(request.strategy(), !pipeline.panel().isEmpty());
        int factor = pipeline.previewFactor(request.previewFactor(), shape);
        List<PromptEncoder.Tokens> tokens = tokens();
        List<Plan> plans = plans(tokens, shape, schedule);
        ledger.prepared(tokens.size(), plans.size(), System.nanoTime() - start);
        FluxConditioning conditioning = new FluxConditioning(
                sampling.prompt(),
                sampling.maxSequenceLength(),
                schedule,
                shape,
                plans.getFirst(),
                plans.size() > 1 ? Optional.of(plans.get(1)) : Optional.empty(),
                sampling.trueCfg(),
                cost,
                factor);
        SearchSetup setup =
                new SearchSetup(request.strategy(), request.budget(), pipeline.panel(), sampling.seed(), listener);
        return SearchRun.start(batcher, setup, conditioning, batchSize(shape), ledger);
    }

    private List<PromptEncoder.Tokens> tokens() {
        PromptEncoder encoder = pipeline.text();
        List<PromptEncoder.Tokens> tokens = new ArrayList<>();
        tokens.add(encoder.tokenize(sampling.prompt(), sampling.maxSequenceLength()));
        if (sampling.guided()) {
            tokens.add(encoder.tokenize(sampling.negative(), sampling.maxSequenceLength()));
        }
        tellLosses(tokens.getFirst());
        return tokens;
    }

    /** Encodes the prompt once for all candidates, the negative one in the same batch. */
    private List<Plan> plans(List<PromptEncoder.Tokens> tokens, LatentShape shape, FlowSchedule schedule) {
        List<TextEmbedding> embeddings = pipeline.text().encode(tokens);
        List<Plan> plans = new ArrayList<>();
        try {
            for (TextEmbedding embedding : embeddings) {
                plans.add(pipeline.transformer()
                        .plan(
                                embedding.txt(),
                                embedding.vec(),
                                sampling.guidance(),
                                schedule,
                                shape,
                                pipeline.unmergedLoras(),
                                null));
            }
            return plans;
        } catch (RuntimeException e) {
            plans.forEach(Plan::close); // no memory for the next one
            throw e;
        } finally {
            embeddings.forEach(TextEmbedding::close);
        }
    }

    private void tellLosses(PromptEncoder.Tokens tokens) {
        if (tokens.clip().truncated()) {
            listener.promptCut("CLIP", tokens.clip().cut());
        }
        if (tokens.t5().truncated()) {
            listener.promptCut("T5", tokens.t5().cut());
        }
        if (!tokens.t5().unknown().isEmpty()) {
            listener.promptUnknown("T5", tokens.t5().unknown());
        }
    }

    private BatchSize batchSize(LatentShape shape) {
        if (sampling.batch().isPresent()) {
            return BatchSize.of(sampling.batch().getAsInt());
        }
        long tokens = (long) shape.tokens() + sampling.maxSequenceLength();
        BatchSize fits = BatchSize.estimate(
                DeviceMemory.of(pipeline.options().device().index()).free(),
                sampling.guided() ? 2 * tokens : tokens,
                pipeline.transformer().config().width(),
                (long) sampling.height() * sampling.width(),
                pipeline.vae().config().channels().getFirst(),
                pipeline.options().dtype().bytes());
        return pipeline.options().device().isCpu() ? fits.atMost(CPU_ROWS) : fits;
    }
}
