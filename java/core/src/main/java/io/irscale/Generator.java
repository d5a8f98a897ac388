package io.irscale;

import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.Plan;
import io.irscale.ffi.DeviceMemory;
import io.irscale.latent.Candidate;
import io.irscale.latent.LatentShape;
import io.irscale.search.BatchSize;
import io.irscale.search.BestOfN;
import io.irscale.search.Conditioning;
import io.irscale.search.Ledger;
import io.irscale.search.RunListener;
import io.irscale.search.Sampler;
import io.irscale.search.Scored;
import io.irscale.tensor.Tensor;
import io.irscale.text.PromptEncoder;
import io.irscale.text.TextEmbedding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** One request from prompt to ranked images, on the device thread. */
final class Generator {
    private final Pipeline pipeline;
    private final GenerateRequest request;
    private final GenerationListener listener;
    private final Runnable checkOpen;
    private final Ledger ledger = new Ledger();

    /** {@code checkOpen} throws when the engine is closing; asked at every step boundary. */
    Generator(Pipeline pipeline, GenerateRequest request, GenerationListener listener, Runnable checkOpen) {
        this.pipeline = pipeline;
        this.request = request;
        this.listener = listener;
        this.checkOpen = checkOpen;
    }

    Generation run() {
        long start = System.nanoTime();
        LatentShape shape = pipeline.latents(request.height(), request.width());
        FlowSchedule schedule = pipeline.schedule(request.steps(), shape);
        try (Conditioning conditioning = condition(shape, schedule)) {
            Duration text = Duration.ofNanos(System.nanoTime() - start);
            Sampler sampler = new Sampler(pipeline.transformer(), pipeline.vae(), pipeline.verifier(), ledger);
            EngineOptions options = pipeline.options();
            List<Candidate> candidates = IntStream.range(0, request.candidates())
                    .mapToObj(id -> Candidate.root(id, request.seed() + id))
                    .toList();
            List<Scored> ranked = new BestOfN(sampler, shape, options.device(), options.dtype())
                    .run(candidates, conditioning, batchSize(shape), new Relay());
            return new Generation(request, ranked, ledger.counts(), text, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** Encodes the prompt once for all candidates, the negative one in the same batch. */
    private Conditioning condition(LatentShape shape, FlowSchedule schedule) {
        PromptEncoder encoder = pipeline.text();
        List<PromptEncoder.Tokens> tokens = new ArrayList<>();
        tokens.add(encoder.tokenize(request.prompt(), request.maxSequenceLength()));
        if (request.guided()) {
            tokens.add(encoder.tokenize(request.negative(), request.maxSequenceLength()));
        }
        tellCuts(tokens.getFirst());
        checkOpen.run();
        List<TextEmbedding> embeddings = encoder.encode(tokens);
        ledger.textEncoded(tokens.size());
        try {
            Plan plan = plan(embeddings.getFirst(), shape, schedule);
            try {
                Optional<Plan> negative =
                        request.guided() ? Optional.of(plan(embeddings.get(1), shape, schedule)) : Optional.empty();
                return new Conditioning(request.prompt(), schedule, plan, negative, request.trueCfg());
            } catch (RuntimeException e) {
                plan.close(); // no memory for the second one
                throw e;
            }
        } finally {
            embeddings.forEach(TextEmbedding::close);
        }
    }

    private Plan plan(TextEmbedding embedding, LatentShape shape, FlowSchedule schedule) {
        Plan plan = pipeline.transformer()
                .plan(
                        embedding.txt(),
                        embedding.vec(),
                        request.guidance(),
                        schedule,
                        shape,
                        pipeline.unmergedLoras(),
                        null);
        ledger.planned();
        return plan;
    }

    private void tellCuts(PromptEncoder.Tokens tokens) {
        if (tokens.clip().truncated()) {
            listener.promptCut("CLIP", tokens.clip().cut());
        }
        if (tokens.t5().truncated()) {
            listener.promptCut("T5", tokens.t5().cut());
        }
    }

    private BatchSize batchSize(LatentShape shape) {
        if (request.batch().isPresent()) {
            return BatchSize.of(request.batch().getAsInt());
        }
        long tokens = (long) shape.tokens() + request.maxSequenceLength();
        return BatchSize.estimate(
                DeviceMemory.of(pipeline.options().device().index()).free(),
                request.guided() ? 2 * tokens : tokens,
                pipeline.transformer().config().width(),
                (long) request.height() * request.width(),
                pipeline.vae().config().channels().getFirst(),
                pipeline.options().dtype().bytes());
    }

    private final class Relay implements RunListener {
        private long done;

        @Override
        public void stepped(long forwards) {
            done += forwards;
            listener.progress(Math.min(done, request.forwards()), request.forwards());
            checkOpen.run();
        }

        @Override
        public void finished(Scored scored, Tensor image) {
            listener.image(scored, new Image(request.height(), request.width(), image.floats()));
        }

        @Override
        public void smallerBatch(int rows) {
            listener.smallerBatch(rows);
        }
    }
}
