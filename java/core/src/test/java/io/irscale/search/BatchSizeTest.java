package io.irscale.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import org.junit.jupiter.api.Test;

class BatchSizeTest {
    @Test
    void halvesDownToOne() {
        BatchSize size = BatchSize.of(7);
        assertThat(size.rows()).isEqualTo(7);
        assertThat(size.halve()).isTrue();
        assertThat(size.rows()).isEqualTo(3);
        assertThat(size.halve()).isTrue();
        assertThat(size.rows()).isEqualTo(1);
        assertThat(size.halve()).isFalse();
        assertThat(size.rows()).isEqualTo(1);
    }

    @Test
    void growsWithTheFreeMemoryWithinItsLimits() {
        // FLUX.1-dev at 1024 x 1024 in BF16 on 80 GiB less the weights
        int rows = BatchSize.estimate(56L << 30, 4608, 3072, 1L << 20, 128, 2).rows();
        assertThat(rows).isBetween(4, 64);
        assertThat(BatchSize.estimate(112L << 30, 4608, 3072, 1L << 20, 128, 2).rows())
                .isBetween(2 * rows, 2 * rows + 1);
        assertThat(BatchSize.estimate(0, 4608, 3072, 1L << 20, 128, 2).rows()).isEqualTo(1);
        assertThat(BatchSize.estimate(Long.MAX_VALUE, 88, 64, 6144, 16, 4).rows())
                .isEqualTo(1024);
        assertThat(BatchSize.estimate(1L << 30, 88, 64, 6144, 16, 4).rows()).isBetween(1, 1024);
    }

    @Test
    void noRowsAreRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> BatchSize.of(0))
                .withMessage("batch size is 0, expected 1 or more");
    }
}
