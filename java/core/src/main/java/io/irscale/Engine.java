package io.irscale;

import io.irscale.decode.Image;
import io.irscale.error.ClosedException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.lora.LoraSpec;
import io.irscale.search.Occupancy;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import io.irscale.search.SearchRun;
import io.irscale.search.StepBatcher;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * FLUX.1 and a verifier, loaded and ready. One platform thread of the engine makes all native calls; the methods here
 * may be called from any other thread and wait for it. Engines are independent of each other, but for the one libtorch
 * that a process can hold.
 *
 * {@snippet :
 * EngineOptions options = EngineOptions.of(Path.of("flux")).withVerifier(Path.of("clip"));
 * try (Engine engine = Engine.open(options)) {
 *     Image best = engine.best(GenerateRequest.of("a road at night").withCandidates(8, 0));
 * }
 * }
 */
public final class Engine implements AutoCloseable {
    /** Searches that run at a time; more of them wait for their turn. */
    public static final int MAX_SEARCHES = 256;

    // How long a batch waits for a search that is about to ask for its next step: a fraction of any step's time.
    private static final Duration PATIENCE = Duration.ofMillis(1);

    private final DeviceThread thread;
    private final Pipeline pipeline;
    private final StepBatcher batcher;

    private Engine(DeviceThread thread, Pipeline pipeline) {
        this.thread = thread;
        this.pipeline = pipeline;
        this.batcher = new StepBatcher(new FluxBackend(pipeline), thread, PATIENCE, MAX_SEARCHES);
    }

    /**
     * Loads libtorch (once per process), the pipeline and the verifier.
     *
     * @return an engine for the caller to close
     * @throws io.irscale.error.InvalidInputException if a file is missing or wrong, naming it
     * @throws io.irscale.error.LibraryException if libtorch or the native library cannot be loaded
     * @throws io.irscale.error.DeviceMemoryException if the weights do not fit
     */
    public static Engine open(EngineOptions options) {
        TorchLibraries.open(options.libtorch());
        DeviceThread thread = new DeviceThread("irscale-" + options.device());
        try {
            return new Engine(thread, thread.call(() -> Pipeline.open(options)));
        } catch (RuntimeException e) {
            thread.close(() -> {});
            throw e;
        }
    }

    /**
     * Starts a search on a virtual thread of its own. All searches of an engine share its batches: rows at different steps
     * and of different prompts go through the device together. Results do not depend on that beyond rounding.
     *
     * @param listener hears of progress and takes the images
     * @return to wait for its end, or to cancel it
     * @throws io.irscale.error.InvalidInputException if the request does not fit the model, before any compute
     * @throws ClosedException if the engine is closed; if it is closed meanwhile, the search ends so at its next step
     */
    public SearchRun start(SearchRequest request, GenerationListener listener) {
        return thread.call(() -> new SearchStart(pipeline, request, listener).run(batcher));
    }

    /**
     * Searches, and waits for the end.
     *
     * @return every finished candidate with its score, best first
     * @throws io.irscale.error.InvalidInputException if the request does not fit the model, before any compute
     * @throws io.irscale.error.DeviceMemoryException if not even one candidate fits
     * @throws ClosedException if the engine is closed, or is closed meanwhile: it ends at the next step
     */
    public SearchResult search(SearchRequest request, GenerationListener listener) {
        return start(request, listener).await();
    }

    /**
     * Draws all candidates of a request and ranks them.
     *
     * @return every candidate with its score, best first
     * @throws ClosedException see {@link #search}, which also says what else can happen
     */
    public SearchResult generate(GenerateRequest request, GenerationListener listener) {
        return search(SearchRequest.bestOf(request), listener);
    }

    /**
     * Draws all candidates of a request and returns the best one's image.
     *
     * @throws ClosedException see {@link #search}, which also says what else can happen
     */
    public Image best(GenerateRequest request) {
        // Only the best so far is kept: N images can be gigabytes.
        TreeMap<Scored, Image> best = new TreeMap<>(Scored.BEST_FIRST);
        generate(request, new GenerationListener() {
            @Override
            public void finished(Scored scored, Image image) {
                best.put(scored, image);
                if (best.size() > 1) {
                    best.pollLastEntry();
                }
            }
        });
        return best.firstEntry().getValue();
    }

    /**
     * Replaces the LoRAs that later requests are drawn with, without loading the model again. An empty list restores the
     * loaded weights bit for bit. LoRAs of the CLIP text encoder are always merged.
     *
     * @param specs files and scales, applied together; a scale of 0 leaves a file out
     * @param strict whether a key without effect is an error; a file without any effect always is
     * @return what became of each file, in the order given
     * @throws io.irscale.error.InvalidInputException if a file is wrong or fits nothing; the set before then stays
     * @throws io.irscale.error.DeviceMemoryException if the merged copies do not fit; the set before then stays
     */
    public List<LoadedLora> loras(List<LoraSpec> specs, LoraMode mode, boolean strict) {
        return thread.call(() -> pipeline.setLoras(specs, mode, strict));
    }

    /**
     * Runs work on the device thread with the models at hand, for using the stages one by one. Tensors and plans made
     * there belong to that thread; the work closes them. It must not call the engine.
     *
     * @throws ClosedException if the engine is closed
     */
    public <T> T call(Function<Pipeline, T> work) {
        return thread.call(() -> work.apply(pipeline));
    }

    /** What a user should know of the models: one line each, without a full stop; mostly none. */
    public List<String> warnings() {
        return pipeline.warnings();
    }

    /** How full the batches of all searches were so far. */
    public Occupancy occupancy() {
        return batcher.occupancy();
    }

    /**
     * Ends what is running at its next step, with a {@link ClosedException}, and frees everything.
     *
     * @throws ClosedException if the engine was closed before
     */
    @Override
    public void close() {
        thread.close(() -> {
            batcher.close();
            pipeline.close();
        });
    }
}
