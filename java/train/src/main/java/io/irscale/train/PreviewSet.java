package io.irscale.train;

import io.irscale.Engine;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import io.irscale.SearchRequest;
import io.irscale.SearchSeries;
import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.Scored;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Images with what a search saw of them on the way: the previews that a generator made of them, after several shares of
 * its steps. Immutable.
 */
public final class PreviewSet {
    /** Where a search prunes: early, when that saves most. */
    public static final List<Double> SHARES = List.of(0.125, 0.25, 0.375, 0.5, 0.625);

    private static final long SEEDS_A_PROMPT = 4096;
    private static final JsonMapper JSON = new JsonMapper();

    private final List<String> prompts;
    private final Images previews;
    private final Images finished;

    /** Images (count, 3, height, width) in [0, 1]. */
    @SuppressWarnings("ArrayRecordComponent") // megabytes; compared by nobody
    private record Images(int height, int width, float[] values) {
        Tensor rows(int... rows) {
            int one = 3 * height * width;
            float[] some = new float[rows.length * one];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(values, rows[i] * one, some, i * one, one);
            }
            return Tensor.of(some, rows.length, 3, height, width);
        }

        static Images of(List<Image> images) {
            int height = images.getFirst().height();
            int width = images.getFirst().width();
            int one = 3 * height * width;
            float[] values = new float[Math.multiplyExact(images.size(), one)];
            for (int i = 0; i < images.size(); i++) {
                System.arraycopy(images.get(i).values(), 0, values, i * one, one);
            }
            return new Images(height, width, values);
        }
    }

    private PreviewSet(List<String> prompts, Images previews, Images finished) {
        this.prompts = prompts;
        this.previews = previews;
        this.finished = finished;
    }

    /**
     * Reads {@code file} if it was drawn from the same source, else draws and writes it.
     *
     * @param source describes generator, prompts and seeds
     */
    public static PreviewSet of(Path file, String source, Supplier<PreviewSet> draw) {
        if (Files.exists(file)) {
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                if (source.equals(checkpoint.metadata().get("source"))) {
                    return read(file, checkpoint);
                }
            }
        }
        PreviewSet drawn = draw.get();
        drawn.write(file, source);
        return drawn;
    }

    /**
     * Draws images without choosing among them, each by itself, so that the same set comes out whatever else is drawn at the
     * time.
     *
     * @param engine with any verifier
     * @param like how to sample; prompt, seed and number of candidates are replaced
     * @param prompts of the images
     * @param each images a prompt, of different noise
     * @param drawn told how many prompts are done so far
     */
    public static PreviewSet draw(
            Engine engine, GenerateRequest like, List<String> prompts, int each, IntConsumer drawn) {
        List<Integer> looks = SHARES.stream()
                .map(share -> Math.clamp(Math.round(share * like.steps()), 1, Math.max(1, like.steps() - 1)))
                .toList();
        List<String> all = new ArrayList<>();
        List<Image> previews = new ArrayList<>();
        List<Image> finished = new ArrayList<>();
        SearchSeries.run(
                engine,
                prompts.size(),
                prompt -> SearchRequest.of(
                        like.withBatch(1)
                                .withPrompt(prompts.get(prompt))
                                .withCandidates(1, like.seed() + prompt * SEEDS_A_PROMPT),
                        new PreviewTour(each, looks),
                        Budget.NONE),
                () -> new Seen(new ConcurrentHashMap<>(), new ConcurrentHashMap<>()),
                (prompt, seen, found) -> {
                    for (int id = 0; id < each; id++) {
                        all.add(prompts.get(prompt));
                        previews.addAll(seen.previews().getOrDefault(id, List.of()));
                        finished.add(seen.finished().get(id));
                    }
                    drawn.accept(prompt + 1);
                });
        return new PreviewSet(all, Images.of(previews), Images.of(finished));
    }

    private record Seen(Map<Integer, List<Image>> previews, Map<Integer, Image> finished)
            implements GenerationListener {
        @Override
        public boolean wantsPreviews() {
            return true;
        }

        @Override
        public void previewed(Candidate candidate, double score, Image image) {
            previews.computeIfAbsent(candidate.id(), id -> new ArrayList<>()).add(image);
        }

        @Override
        public void finished(Scored scored, Image image) {
            finished.put(scored.candidate().id(), image);
        }
    }

    private static PreviewSet read(Path file, Checkpoint checkpoint) {
        try {
            String[] prompts = JSON.readValue(checkpoint.metadata().getOrDefault("prompts", "[]"), String[].class);
            PreviewSet set = new PreviewSet(
                    List.of(prompts), pictures(checkpoint.tensor("previews")), pictures(checkpoint.tensor("finished")));
            set.requireWhole(file);
            return set;
        } catch (JacksonException e) {
            throw new InvalidInputException(file + ": its prompts are no JSON list", e);
        }
    }

    private void requireWhole(Path file) {
        long one = 3L * finished.height() * finished.width();
        long preview = 3L * previews.height() * previews.width();
        if (finished.values().length != prompts.size() * one
                || previews.values().length != (long) prompts.size() * SHARES.size() * preview) {
            throw new InvalidInputException(
                    "%s: holds other numbers of pictures than its %d prompts".formatted(file, prompts.size()));
        }
    }

    private static Images pictures(StoredTensor stored) {
        List<Long> shape = stored.shape();
        return new Images(
                Math.toIntExact(shape.get(shape.size() - 2)),
                Math.toIntExact(shape.getLast()),
                stored.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
    }

    private void write(Path file, String source) {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsWriter.write(
                    file,
                    List.of(stored(arena, file, "previews", previews), stored(arena, file, "finished", finished)),
                    Map.of("source", source, "prompts", JSON.writeValueAsString(prompts)));
        }
    }

    private static StoredTensor stored(Arena arena, Path file, String name, Images pictures) {
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, pictures.values());
        long count = pictures.values().length / (3L * pictures.height() * pictures.width());
        return new StoredTensor(
                name, DType.F32, List.of(count, 3L, (long) pictures.height(), (long) pictures.width()), data, file);
    }

    /** How many images. */
    int count() {
        return prompts.size();
    }

    /** One an image; images of one prompt follow each other. */
    List<String> prompts() {
        return prompts;
    }

    /** Images (N, 3, H, W) in [0, 1]. */
    Tensor finished(int... rows) {
        return finished.rows(rows);
    }

    /** What was seen of images after one of the {@link #SHARES} each, (N, 3, h, w) in [0, 1]. */
    Tensor previews(int[] rows, int[] shares) {
        int[] at = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            at[i] = rows[i] * SHARES.size() + shares[i];
        }
        return previews.rows(at);
    }
}
