package io.irscale.train;

import io.irscale.lora.ModuleShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The factors that a LoRA starts from. */
final class InitialLora {
    private static final Path NOWHERE = Path.of("initial LoRA");

    private InitialLora() {}

    /**
     * For every module A, a normal draw over the root of its inputs, and B, zero: the model starts as it is (peft,
     * lora/layer.py, reset_lora_parameters). In F32, as {@code <module>.lora_A.weight} (rank, in) and {@code
     * <module>.lora_B.weight} (out, rank).
     */
    static Parameters of(Map<String, ModuleShape> modules, int rank, long seed, Device device) {
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> factors = new ArrayList<>();
            modules.forEach((name, shape) -> {
                int inputs = Math.toIntExact(shape.in());
                float[] a = Draws.normal(Draws.of(seed, name.hashCode(), 2), rank * inputs);
                for (int i = 0; i < a.length; i++) {
                    a[i] /= (float) Math.sqrt(inputs);
                }
                float[] b = new float[Math.toIntExact(shape.out()) * rank];
                factors.add(factor(arena, name + ".lora_A.weight", a, rank, shape.in()));
                factors.add(factor(arena, name + ".lora_B.weight", b, shape.out(), rank));
            });
            return Parameters.of(factors, seed, device, DType.F32);
        }
    }

    private static StoredTensor factor(Arena arena, String name, float[] values, long rows, long columns) {
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
        return new StoredTensor(name, DType.F32, List.of(rows, columns), data, NOWHERE);
    }
}
