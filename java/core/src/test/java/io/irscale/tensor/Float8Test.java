package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** All 256 values of each type, against libtorch's. */
@ExtendWith(NoLeaks.class)
class Float8Test {
    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @Test
    void e4m3() {
        agrees(DType.F8_E4M3, bits -> Float8.ofE4m3((byte) bits));
    }

    @Test
    void e5m2() {
        agrees(DType.F8_E5M2, bits -> Float8.ofE5m2((byte) bits));
    }

    @Test
    void e8m0() {
        assertThat(Float8.ofE8m0((byte) 0)).isEqualTo((float) Math.pow(2, -127));
        assertThat(Float8.ofE8m0((byte) 127)).isEqualTo(1);
        assertThat(Float8.ofE8m0((byte) 254)).isEqualTo((float) Math.pow(2, 127));
        assertThat(Float8.ofE8m0((byte) 255)).isNaN();
    }

    private static void agrees(DType dtype, IntFunction<Float> value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(256);
            for (int i = 0; i < 256; i++) {
                bytes.set(ValueLayout.JAVA_BYTE, i, (byte) i);
            }
            try (Tensor stored = Tensor.wrap(bytes, dtype, 256);
                    Tensor wide = stored.to(Device.CPU, DType.F32)) {
                float[] floats = wide.floats();
                for (int i = 0; i < 256; i++) {
                    assertThat(value.apply(i)).as("bits %02x", i).isEqualTo(Float.valueOf(floats[i]));
                }
            }
        }
    }
}
