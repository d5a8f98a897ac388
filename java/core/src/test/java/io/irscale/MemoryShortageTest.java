package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.DeviceMemoryException;
import io.irscale.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Memory that no machine has: told apart from other failures by every libtorch, and gone with the request. */
class MemoryShortageTest {
    private static final int BYTES = 1 << 27;
    /** Of that tensor: 2^48 bytes, more than an address space holds. */
    private static final int COPIES = 1 << 21;

    @BeforeEach
    void torch() {
        Diagnostics.torch(Optional.empty());
    }

    @Test
    void isAnExceptionOfItsOwnAndTheNextRequestIsRight() {
        long live = Diagnostics.liveObjects();
        try (Tensor tensor = Tensor.of(new float[BYTES / Float.BYTES], BYTES / Float.BYTES)) {
            for (int again = 0; again < 2; again++) {
                assertThatExceptionOfType(DeviceMemoryException.class)
                        .isThrownBy(() -> Tensor.concat(Collections.nCopies(COPIES, tensor)))
                        .satisfies(e ->
                                assertThat(e.getMessage()).contains("memory").doesNotContain("\n"));
                try (Tensor twice = Tensor.concat(List.of(tensor, tensor))) {
                    assertThat(twice.elements()).isEqualTo(2 * tensor.elements());
                }
            }
        }
        assertThat(Diagnostics.liveObjects()).isEqualTo(live);
    }
}
