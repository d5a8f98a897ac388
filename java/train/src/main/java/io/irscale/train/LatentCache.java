package io.irscale.train;

import io.irscale.autograd.Loss;
import io.irscale.data.image.Scaling;
import io.irscale.decode.Vae;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.train.ImageWindows.Piece;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Windows of a dataset as latents with their captions, encoded once and kept in a safetensors file for the next run.
 * Immutable.
 */
public final class LatentCache {
    private static final String LATENTS = "latents";
    private static final String CAPTIONS = "captions";
    private static final String SOURCE = "source";
    private static final int BATCH = 32;
    private static final JsonMapper JSON = new JsonMapper();

    private final float[] latents;
    private final List<String> captions;
    private final long[] shape;
    private final Scaling scaling;

    private LatentCache(float[] latents, List<String> captions, long[] shape, Scaling scaling) {
        this.latents = latents;
        this.captions = captions;
        this.shape = shape;
        this.scaling = scaling;
    }

    /**
     * Reads {@code file} if it was made of the same source, else encodes the pieces and writes it.
     *
     * @param source describes VAE, images and windows
     * @param seed of the draws from the posteriors
     * @param encoded told how many pieces are encoded so far
     */
    static LatentCache of(
            Path file,
            String source,
            Vae vae,
            ImageWindows windows,
            List<Piece> pieces,
            long seed,
            IntConsumer encoded) {
        if (Files.exists(file)) {
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                if (source.equals(checkpoint.metadata().get(SOURCE))) {
                    return read(file, checkpoint, windows.frames().scaling());
                }
            }
        }
        LatentCache cache = encode(vae, windows, pieces, seed, encoded);
        cache.write(file, source);
        return cache;
    }

    private static LatentCache read(Path file, Checkpoint checkpoint, Scaling scaling) {
        StoredTensor stored = checkpoint.tensor(LATENTS);
        long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
        try {
            String[] captions = JSON.readValue(checkpoint.metadata().getOrDefault(CAPTIONS, "[]"), String[].class);
            if (shape.length != 4 || captions.length != shape[0]) {
                throw new InvalidInputException("%s: holds latents of shape %s and %d captions, expected as many"
                        .formatted(file, stored.shape(), captions.length));
            }
            return new LatentCache(
                    stored.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED), List.of(captions), shape, scaling);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + ": its captions are no JSON list", e);
        }
    }

    private static LatentCache encode(
            Vae vae, ImageWindows windows, List<Piece> pieces, long seed, IntConsumer encoded) {
        float[] all = new float[0];
        long[] shape = {};
        for (int from = 0; from < pieces.size(); from += BATCH) {
            List<Piece> some = pieces.subList(from, Math.min(from + BATCH, pieces.size()));
            try (Tensor images = windows.pixels(some);
                    Vae.Encoded posterior = vae.encode(images);
                    Tensor noise = Tensor.of(
                            Draws.normal(
                                    Draws.of(seed, from, 1),
                                    Math.toIntExact(posterior.mean().elements())),
                            posterior.mean().shape());
                    Tensor drawn = Loss.sample(vae, posterior.mean(), posterior.logvar(), noise)) {
                float[] values = drawn.floats();
                if (from == 0) {
                    shape = drawn.shape();
                    shape[0] = pieces.size();
                    all = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
                }
                System.arraycopy(values, 0, all, from * (values.length / some.size()), values.length);
            }
            encoded.accept(from + some.size());
        }
        return new LatentCache(
                all,
                pieces.stream().map(windows::caption).toList(),
                shape,
                windows.frames().scaling());
    }

    private void write(Path file, String source) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, latents);
            List<Long> sizes = Arrays.stream(shape).boxed().toList();
            SafetensorsWriter.write(
                    file,
                    List.of(new StoredTensor(LATENTS, DType.F32, sizes, data, file)),
                    Map.of(SOURCE, source, CAPTIONS, JSON.writeValueAsString(captions)));
        }
    }

    /** What made the images' samples values in [0, 1]. */
    Scaling scaling() {
        return scaling;
    }

    /** How many. */
    public int count() {
        return captions.size();
    }

    /** C, h, w. */
    int channels() {
        return (int) shape[1];
    }

    int height() {
        return (int) shape[2];
    }

    int width() {
        return (int) shape[3];
    }

    List<String> captions() {
        return captions;
    }

    /** Those of some. */
    List<String> captions(int[] rows) {
        return Arrays.stream(rows).mapToObj(captions::get).toList();
    }

    /** Some of them, (N, C, h, w). */
    Tensor latents(int[] rows) {
        int one = latents.length / count();
        float[] values = new float[rows.length * one];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(latents, rows[i] * one, values, i * one, one);
        }
        return Tensor.of(values, rows.length, channels(), height(), width());
    }
}
