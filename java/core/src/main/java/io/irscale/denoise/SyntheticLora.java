package io.irscale.denoise;

import io.irscale.lora.DeviceLora;
import io.irscale.lora.LoraTarget;
import io.irscale.lora.LoraTerm;
import io.irscale.lora.LoraUpdate;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A LoRA of every linear layer of a FLUX transformer, all of one value: speed needs no trained weights. */
public final class SyntheticLora {
    private static final float VALUE = 0.01f;

    private SyntheticLora() {}

    /** A new one, for the caller to close. */
    public static DeviceLora of(FluxConfig config, int rank, Device device, DType dtype) {
        DeviceLora lora = new DeviceLora(device, dtype);
        FluxLoraNames.modules(config).shapes().forEach((name, shape) -> {
            try (Arena arena = Arena.ofConfined()) {
                StoredTensor a = constant(arena, name, List.of((long) rank, shape.in()));
                StoredTensor b = constant(arena, name, List.of(shape.out(), (long) rank));
                lora.put(new LoraUpdate(
                        LoraTarget.TRANSFORMER, name, new LoraTerm.LowRank(a, b), Optional.empty(), 1, List.of(name)));
            }
        });
        return lora;
    }

    private static StoredTensor constant(Arena arena, String name, List<Long> shape) {
        long elements = shape.get(0) * shape.get(1);
        MemorySegment data = arena.allocate(elements * Float.BYTES, Float.BYTES);
        for (long i = 0; i < elements; i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, VALUE);
        }
        return new StoredTensor(name, DType.F32, shape, data, Path.of("synthetic"));
    }
}
