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
    @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "U16", "U32", "U64", "C64", "F4", ""})
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
                        "BF16 15 2");
        for (DType dtype : DType.values()) {
            assertThat(DType.ofCode(dtype.code())).isEqualTo(dtype);
            assertThat(DType.ofName(dtype.name())).contains(dtype);
        }
        assertThatThrownBy(() -> DType.ofCode(9))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("dtype code 9");
    }
}
