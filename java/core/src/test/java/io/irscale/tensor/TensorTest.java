package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
class TensorTest {
    // What rounding, infinity and the sign can do.
    private static final float[] AWKWARD = {
        0, -0f, 1, -1.5f, 3.1415927f, 1 / 3f, 65504, 1e-3f, -2049, 2051, Float.POSITIVE_INFINITY, 6.1e-5f
    };

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static Tensor rows(int first, int count) {
        float[] values = new float[count * 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = first * 2 + i;
        }
        return Tensor.of(values, count, 2);
    }

    @Test
    void holdsWhatItWasGiven() {
        try (Tensor tensor = Tensor.of(AWKWARD, 2, 1, 6)) {
            assertThat(tensor.dtype()).isEqualTo(DType.F32);
            assertThat(tensor.device()).isEqualTo(Device.CPU);
            assertThat(tensor.shape()).containsExactly(2, 1, 6);
            assertThat(tensor.size(2)).isEqualTo(6);
            assertThat(tensor.elements()).isEqualTo(12);
            assertThat(tensor.floats()).isEqualTo(AWKWARD);
            assertThat(tensor).hasToString("F32[2, 1, 6] on cpu");
        }
    }

    @Test
    void wrappedMemoryIsSharedBothWays() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4);
            try (Tensor tensor = Tensor.wrap(memory, DType.F32, 2, 2);
                    Tensor last = tensor.slice(1, 1);
                    Tensor same = tensor.to(Device.CPU, DType.F32)) {
                assertThat(tensor.memory().address()).isEqualTo(memory.address());
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, 3, 40);
                assertThat(last.floats()).containsExactly(3, 40);
                tensor.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 2, 30);
                assertThat(last.floats()).containsExactly(30, 40);
                last.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 31);
                assertThat(memory.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(1, 2, 31, 40);
                assertThat(same.floats()).containsExactly(1, 2, 31, 40);
            }
        }
    }

    @Test
    void aViewOutlivesTheTensorItWasMadeOf() {
        Tensor whole = rows(0, 3);
        try (Tensor view = whole.slice(1, 2)) {
            whole.close();
            assertThat(view.floats()).containsExactly(2, 3, 4, 5);
        }
    }

    @Test
    void rowsAreCopied() {
        try (Tensor whole = rows(0, 3);
                Tensor picked = whole.rows(2, 0, 2)) {
            assertThat(picked.shape()).containsExactly(3, 2);
            picked.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 0, -1);
            assertThat(picked.floats()).containsExactly(-1, 5, 0, 1, 4, 5);
            assertThat(whole.floats()).containsExactly(0, 1, 2, 3, 4, 5);
            try (Tensor none = whole.rows();
                    Tensor copy = whole.copy()) {
                assertThat(none.shape()).containsExactly(0, 2);
                assertThat(none.floats()).isEmpty();
                assertThat(copy.floats()).isEqualTo(whole.floats());
                assertThat(copy.memory().address()).isNotEqualTo(whole.memory().address());
            }
        }
    }

    @Test
    void concatenatesInOrder() {
        try (Tensor a = rows(0, 1);
                Tensor b = rows(10, 2);
                Tensor both = Tensor.concat(List.of(b, a, b))) {
            assertThat(both.shape()).containsExactly(5, 2);
            assertThat(both.floats()).containsExactly(20, 21, 22, 23, 0, 1, 20, 21, 22, 23);
        }
    }

    @Test
    void readsIntoMemoryOfTheCallers() {
        try (Arena arena = Arena.ofConfined();
                Tensor tensor = rows(0, 2)) {
            MemorySegment out = arena.allocate(16);
            tensor.read(out);
            assertThat(out.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(0, 1, 2, 3);
            refused(() -> tensor.read(arena.allocate(12)), "the destination holds 12 bytes, the tensor 16");
            refused(() -> tensor.read(MemorySegment.ofArray(new float[4])), "on the Java heap");
            refused(() -> tensor.read(out.asReadOnly()), "read-only");
        }
    }

    @Test
    void convertsAsIeeeAsks() {
        try (Tensor tensor = Tensor.of(AWKWARD, AWKWARD.length);
                Tensor bf16 = tensor.to(Device.CPU, DType.BF16);
                Tensor f16 = tensor.to(Device.CPU, DType.F16);
                Tensor f16ToBf16 = f16.to(Device.CPU, DType.BF16)) {
            for (int i = 0; i < AWKWARD.length; i++) {
                short half = Float.floatToFloat16(AWKWARD[i]);
                assertThat(f16.memory().getAtIndex(ValueLayout.JAVA_SHORT, i)).isEqualTo(half);
                assertThat(bf16.memory().getAtIndex(ValueLayout.JAVA_SHORT, i)).isEqualTo(bf16(AWKWARD[i]));
                assertThat(f16ToBf16.memory().getAtIndex(ValueLayout.JAVA_SHORT, i))
                        .isEqualTo(bf16(Float.float16ToFloat(half)));
                assertThat(bf16.floats()[i]).isEqualTo(Float.intBitsToFloat(bf16(AWKWARD[i]) << 16));
                assertThat(f16.floats()[i]).isEqualTo(Float.float16ToFloat(half));
            }
        }
    }

    // To nearest, ties to even.
    private static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int low = bits & 0xffff;
        int high = bits >>> 16;
        return (short) (low > 0x8000 || (low == 0x8000 && (high & 1) == 1) ? high + 1 : high);
    }

    @ParameterizedTest
    @EnumSource(names = {"U8", "BOOL", "F64", "I64"})
    void everyDtypeReadsAsFloats(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ones = arena.allocate(3L * dtype.bytes());
            for (int i = 0; i < 3; i += 2) {
                if (dtype == DType.F64) {
                    ones.setAtIndex(ValueLayout.JAVA_DOUBLE, i, 1);
                } else {
                    ones.set(ValueLayout.JAVA_BYTE, (long) i * dtype.bytes(), (byte) 1);
                }
            }
            try (Tensor tensor = Tensor.wrap(ones, dtype, 3)) {
                assertThat(tensor.floats()).containsExactly(1, 0, 1);
            }
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // closed half-way
    void memoryThatWasClosedIsNotTouched() {
        Arena arena = Arena.ofConfined();
        Tensor tensor = Tensor.wrap(arena.allocate(16), DType.F32, 2, 2);
        try (tensor;
                Tensor view = tensor.slice(0, 1)) {
            arena.close();
            for (Tensor gone : List.of(tensor, view)) {
                assertThatExceptionOfType(ClosedException.class).isThrownBy(gone::floats);
                assertThatExceptionOfType(ClosedException.class).isThrownBy(gone::memory);
                assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> Tensor.concat(List.of(gone)));
            }
        }
    }

    @Test
    void readOnlyMemoryStaysSo() {
        try (Arena arena = Arena.ofConfined();
                Tensor tensor = Tensor.wrap(arena.allocate(16).asReadOnly(), DType.F32, 2, 2);
                Tensor view = tensor.slice(0, 1);
                Tensor copy = tensor.copy()) {
            assertThat(tensor.memory().isReadOnly()).isTrue();
            assertThat(view.memory().isReadOnly()).isTrue();
            assertThat(copy.memory().isReadOnly()).isFalse();
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // closed half-way
    void aConvertedTensorNeedsTheWrappedMemoryNoMore() {
        Arena arena = Arena.ofConfined();
        try (Tensor tensor = Tensor.wrap(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2), DType.F32, 2);
                Tensor converted = tensor.to(Device.CPU, DType.BF16)) {
            arena.close();
            assertThat(converted.floats()).containsExactly(1, 2);
        }
    }

    @Test
    void useAfterCloseIsRefused() {
        Tensor tensor = rows(0, 1);
        tensor.close();
        assertThatExceptionOfType(ClosedException.class).isThrownBy(tensor::floats);
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> Tensor.concat(List.of(tensor)));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(tensor::close);
        assertThat(tensor.shape()).containsExactly(1, 2);
    }

    @Test
    void anotherThreadIsRefused() {
        try (Tensor tensor = rows(0, 1)) {
            for (Runnable use : List.<Runnable>of(
                    tensor::floats,
                    tensor::memory,
                    tensor::copy,
                    tensor::close,
                    () -> Tensor.concat(List.of(tensor)))) {
                assertThat(CompletableFuture.supplyAsync(() -> catchThrowable(use::run))
                                .join())
                        .isInstanceOf(WrongThreadException.class);
            }
        }
    }

    @Test
    void wrongSizesAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16);
            refused(() -> Tensor.wrap(memory, DType.F32, 2, 3), "the memory holds 16 bytes, the shape needs 24");
            refused(() -> Tensor.wrap(memory, DType.F32, -2, -2), "size -2 of dimension 0 is negative or overflows");
            refused(() -> Tensor.wrap(memory, DType.F32, Long.MAX_VALUE, 4), "is negative or overflows");
            refused(() -> Tensor.wrap(memory, DType.F32, 1, 1, 1, 1, 1, 1, 1, 1, 4), "ndim is 9, expected 0 to 8");
            refused(() -> Tensor.wrap(MemorySegment.ofArray(new float[4]), DType.F32, 4), "is on the Java heap");
            refused(() -> Tensor.of(new float[1]), "a scalar has no rows");
        }
    }

    @Test
    void wrongRowsAreRefused() {
        try (Tensor tensor = rows(0, 2);
                Tensor wide = Tensor.of(new float[3], 1, 3);
                Tensor bf16 = tensor.to(Device.CPU, DType.BF16)) {
            refused(() -> tensor.rows(0, 2), "row 2 is outside [0, 2)");
            refused(() -> tensor.rows(-1), "row -1 is outside [0, 2)");
            refused(() -> tensor.slice(1, 2), "rows [1, 1 + 2) are outside [0, 2)");
            refused(() -> tensor.slice(Long.MAX_VALUE, 2), "are outside [0, 2)");
            refused(() -> tensor.slice(-1, 1), "are outside [0, 2)");
            refused(() -> Tensor.concat(List.of()), "the list of tensors has 0 entries");
            refused(() -> Tensor.concat(List.of(tensor, wide)), "part 1 has shape [1, 3] f32, part 0 [2, 2] f32");
            refused(() -> Tensor.concat(List.of(tensor, bf16)), "part 1 has shape [2, 2] bf16, part 0 [2, 2] f32");
            refused(() -> tensor.size(2), "has no dimension 2");
        }
    }

    private static void refused(Runnable use, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(use::run)
                .withMessageContaining(message);
    }
}
