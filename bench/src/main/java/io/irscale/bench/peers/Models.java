package io.irscale.bench.peers;

import io.irscale.bench.SyntheticFlux;
import io.irscale.denoise.FluxConfig;
import io.irscale.tensor.DType;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The models and inputs of a comparison, as files that every peer reads; of models with random weights one at a time. */
final class Models implements AutoCloseable {
    private final Path folder;
    private final Path demo;
    private final Map<Path, FluxConfig> synthetic = new HashMap<>();

    /** Files go into a new folder, which closing removes; parts of pipelines come from the demo model. */
    Models(Path demo) throws IOException {
        this.folder = Files.createTempDirectory("irscale-peers");
        this.demo = demo;
    }

    /** Writes the work's model if it is one with random weights, in place of the one before: two may fill a disk. */
    void write(Work work) throws IOException {
        Path model = work.model();
        FluxConfig config = synthetic.get(model);
        if (config == null || Files.exists(model)) {
            return;
        }
        for (Path other : synthetic.keySet()) {
            delete(other);
        }
        boolean pipeline = work instanceof Work.Search;
        if (pipeline) {
            copy(demo.resolve("pipeline"), model);
        }
        SyntheticFlux.write(pipeline ? model.resolve("transformer") : model, config);
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(folder);
    }

    /** The demo's sizes but for heads and blocks; positions turn shares of a head as FLUX.1's do. */
    FluxConfig demoConfigWith(int heads, int headDim, int layers, int singleLayers) {
        FluxConfig config = FluxConfig.of(JsonConfig.read(demo.resolve("pipeline/transformer/config.json")));
        return new FluxConfig(
                config.inChannels(),
                config.outChannels(),
                layers,
                singleLayers,
                heads,
                headDim,
                config.jointDim(),
                config.pooledDim(),
                config.guidance(),
                List.of(headDim / 8, headDim * 7 / 16, headDim * 7 / 16));
    }

    /** Steps of a transformer with random weights, on one set of inputs of {@code batch} rows. */
    Work.Step step(String name, FluxConfig config, DType dtype, int batch, int imgTokens, int txtTokens) {
        return new Work.Step(
                "%s, %s, batch %d".formatted(name, text(dtype), batch),
                withRandomWeights("transformer", config),
                inputs(config, batch, imgTokens, txtTokens),
                dtype,
                batch);
    }

    Work.Search demo(String name, DType dtype, int candidates) {
        return new Work.Search(
                name + ", " + text(dtype),
                demo.resolve("pipeline"),
                demo.resolve("verifier"),
                dtype,
                candidates,
                16,
                64,
                Work.Search.PROMPT,
                false);
    }

    /** The demo pipeline with another transformer. */
    Work.Search search(String name, FluxConfig config, DType dtype, int candidates, int steps, int size) {
        return new Work.Search(
                name + ", " + text(dtype),
                withRandomWeights("pipeline", config),
                demo.resolve("verifier"),
                dtype,
                candidates,
                steps,
                size,
                Work.Search.PROMPT,
                false);
    }

    private static String text(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                if (!each.startsWith(from.resolve("transformer"))) {
                    Files.copy(each, to.resolve(from.relativize(each)));
                }
            }
        }
    }

    private Path withRandomWeights(String what, FluxConfig config) {
        Path model = folder.resolve("%s-%d-%d".formatted(what, config.width(), config.layers()));
        synthetic.put(model, config);
        return model;
    }

    private Path inputs(FluxConfig config, int batch, int imgTokens, int txtTokens) {
        Path file = folder.resolve(
                "inputs-%d-%d-%d-%d.safetensors".formatted(config.jointDim(), batch, imgTokens, txtTokens));
        if (Files.exists(file)) {
            return file;
        }
        SplittableRandom random = new SplittableRandom(3);
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsWriter.write(
                    file,
                    List.of(
                            normal(arena, random, "img", List.of((long) batch, (long) imgTokens, (long)
                                    config.inChannels())),
                            normal(arena, random, "txt", List.of(1L, (long) txtTokens, (long) config.jointDim())),
                            normal(arena, random, "vec", List.of(1L, (long) config.pooledDim()))),
                    Map.of());
        }
        return file;
    }

    private static StoredTensor normal(Arena arena, SplittableRandom random, String name, List<Long> shape) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        MemorySegment data = arena.allocate(elements * Float.BYTES, Float.BYTES);
        for (long i = 0; i < elements; i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return new StoredTensor(name, DType.F32, shape, data, Path.of("inputs"));
    }
}
