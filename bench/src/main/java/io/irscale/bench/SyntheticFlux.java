package io.irscale.bench;

import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.lora.ModuleShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;

/** A FLUX transformer of any size with random BF16 weights, as a diffusers folder: speed needs no trained weights. */
public final class SyntheticFlux {
    private static final long PIECE = 1 << 20; // values of one generator

    private final FluxConfig config;
    private final Arena arena;
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<StoredTensor> tensors = new ArrayList<>();

    private SyntheticFlux(FluxConfig config, Arena arena) {
        this.config = config;
        this.arena = arena;
    }

    /** Writes the folder. */
    public static void write(Path folder, FluxConfig config) throws IOException {
        Files.createDirectories(folder);
        try (Arena arena = Arena.ofShared()) {
            SyntheticFlux model = new SyntheticFlux(config, arena);
            FluxLoraNames.modules(config).shapes().forEach(model::linear);
            model.norms();
            SafetensorsWriter.write(
                    folder.resolve("diffusion_pytorch_model.safetensors"), model.tensors, Map.of("format", "pt"));
        }
        Map<String, Object> json = Map.of(
                "in_channels", config.inChannels(),
                "num_layers", config.layers(),
                "num_single_layers", config.singleLayers(),
                "num_attention_heads", config.heads(),
                "attention_head_dim", config.headDim(),
                "joint_attention_dim", config.jointDim(),
                "pooled_projection_dim", config.pooledDim(),
                "guidance_embeds", config.guidance(),
                "axes_dims_rope", config.axes());
        Files.write(folder.resolve("config.json"), JsonMapper.shared().writeValueAsBytes(json));
    }

    private void linear(String name, ModuleShape shape) {
        add(name + ".weight", 1 / Math.sqrt((double) shape.in()), List.of(shape.out(), shape.in()));
        add(name + ".bias", 0.01, List.of(shape.out()));
    }

    private void norms() {
        List<String> names = List.of("norm_q", "norm_k", "norm_added_q", "norm_added_k");
        for (int i = 0; i < config.layers(); i++) {
            for (String name : names) {
                add("transformer_blocks." + i + ".attn." + name + ".weight", 1, List.of((long) config.headDim()));
            }
        }
        for (int i = 0; i < config.singleLayers(); i++) {
            for (String name : names.subList(0, 2)) {
                add("single_transformer_blocks." + i + ".attn." + name + ".weight", 1, List.of((long)
                        config.headDim()));
            }
        }
    }

    private void add(String name, double scale, List<Long> shape) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        MemorySegment data = arena.allocate(elements * Short.BYTES, Short.BYTES);
        long seed = random.nextLong();
        // FLUX.1-dev has twelve billion.
        LongStream.rangeClosed(0, (elements - 1) / PIECE).parallel().forEach(piece -> {
            SplittableRandom own = new SplittableRandom(seed + piece);
            for (long i = piece * PIECE; i < Math.min(elements, (piece + 1) * PIECE); i++) {
                // the upper half of a float is a BF16
                int bits = Float.floatToRawIntBits((float) (scale * (2 * own.nextDouble() - 1)));
                data.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> 16));
            }
        });
        tensors.add(new StoredTensor(name, DType.BF16, shape, data, Path.of("synthetic")));
    }
}
