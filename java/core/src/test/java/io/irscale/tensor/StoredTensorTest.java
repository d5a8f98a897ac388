package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredTensorTest {
    private static final short[] VALUES = {0, 1, 2, 3, 4, 5};

    private static StoredTensor tensor(Long... shape) {
        return new StoredTensor(
                "w", DType.I16, List.of(shape), MemorySegment.ofArray(VALUES), Path.of("x.safetensors"));
    }

    @Test
    void slicesRowsWithoutACopy() {
        StoredTensor rows = tensor(3L, 2L).rows(1, 3);
        assertThat(rows.shape()).containsExactly(2L, 2L);
        assertThat(rows.data().toArray(ValueLayout.JAVA_SHORT))
                .containsExactly((short) 2, (short) 3, (short) 4, (short) 5);
        assertThat(rows.data().heapBase().orElseThrow()).isSameAs(VALUES);
        assertThat(tensor(3L, 2L).rows(1, 1).shape()).containsExactly(0L, 2L);
        assertThat(tensor(6L).rows(5, 6).data().get(ValueLayout.JAVA_SHORT, 0)).isEqualTo((short) 5);
    }

    @Test
    void slicesATensorWithoutElements() {
        StoredTensor none = new StoredTensor("w", DType.F32, List.of(0L, 3L), MemorySegment.NULL, Path.of("x"));
        assertThat(none.rows(0, 0).shape()).containsExactly(0L, 3L);
    }

    @Test
    void refusesRowsOutOfRange() {
        for (long[] range : new long[][] {{-1, 1}, {2, 1}, {0, 4}, {4, 4}}) {
            assertThatThrownBy(() -> tensor(3L, 2L).rows(range[0], range[1]))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(
                            "x.safetensors: tensor 'w' of shape [3, 2] has no rows " + range[0] + " to " + range[1]);
        }
        StoredTensor scalar = tensor(6L).rows(0, 1).reshape();
        assertThatThrownBy(() -> scalar.rows(0, 0)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void reshapesAndRenamesWithoutACopy() {
        StoredTensor reshaped = tensor(3L, 2L).reshape(6, 1).named("v");
        assertThat(reshaped.shape()).containsExactly(6L, 1L);
        assertThat(reshaped.name()).isEqualTo("v");
        assertThat(reshaped.data().heapBase().orElseThrow()).isSameAs(VALUES);
        assertThatThrownBy(() -> tensor(3L, 2L).reshape(7))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has 12 bytes, but I16 of shape [7] takes 14");
        assertThatThrownBy(() -> tensor(3L, 2L).reshape(-2, -3)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tensor(3L, 2L).reshape(1L << 62, 4)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void transposesAMatrixIntoACopy() {
        try (Arena arena = Arena.ofConfined()) {
            StoredTensor transposed = tensor(3L, 2L).transpose(arena);
            assertThat(transposed.shape()).containsExactly(2L, 3L);
            assertThat(transposed.data().toArray(ValueLayout.JAVA_SHORT))
                    .containsExactly((short) 0, (short) 2, (short) 4, (short) 1, (short) 3, (short) 5);
            assertThat(tensor(3L, 2L).rows(0, 0).reshape(6, 0).transpose(arena).shape())
                    .containsExactly(0L, 6L);
            assertThatThrownBy(() -> tensor(6L).transpose(arena))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("x.safetensors: tensor 'w' of shape [6] must be a matrix");
        }
    }

    @Test
    void keepsItsShape() {
        List<Long> shape = new ArrayList<>(List.of(3L, 2L));
        StoredTensor tensor =
                new StoredTensor("w", DType.I16, shape, MemorySegment.ofArray(VALUES), Path.of("x.safetensors"));
        shape.set(0, 9L);
        assertThat(tensor.shape()).containsExactly(3L, 2L);
    }
}
