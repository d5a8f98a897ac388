package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DTypeTest {
    @ParameterizedTest
    @ValueSource(strings = {"F4", "F6_E2M3", "f32", "Q4_0", ""})
    void knowsNoOtherDtypes(String name) {
        assertThat(DType.ofName(name)).isEmpty();
    }

    @Test
    void dtypesHavePyTorchCodesAndSizes() {
        assertThat(Arrays.stream(DType.values()).map(dtype -> dtype + " " + dtype.code() + " " + dtype.bytes()))
                .containsExactlyInAnyOrder(
                        "U8 0 1",
                        "I8 1 1",
                        "I16 2 2",
                        "I32 3 4",
                        "I64 4 8",
                        "F16 5 2",
                        "F32 6 4",
                        "F64 7 8",
                        "BOOL 11 1",
                        "BF16 15 2",
                        "C64 9 8",
                        "F8_E5M2 23 1",
                        "F8_E4M3 24 1",
                        "F8_E8M0 44 1",
                        "U16 27 2",
                        "U32 28 4",
                        "U64 29 8");
        for (DType dtype : DType.values()) {
            assertThat(DType.ofCode(dtype.code())).isEqualTo(dtype);
            assertThat(DType.ofName(dtype.name())).contains(dtype);
        }
        assertThatThrownBy(() -> DType.ofCode(10))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("dtype code 10");
    }
}
