package io.irscale.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeTorch;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class CandidateBatchTest {
    private static final LatentShape SHAPE = new LatentShape(4, 4, 6);

    private CandidateBatch batch;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void open() {
        batch = CandidateBatch.noise(
                List.of(Candidate.root(0, 5), Candidate.root(1, 6), Candidate.root(2, 7)),
                SHAPE,
                Device.CPU,
                DType.F32);
    }

    @AfterEach
    void close() {
        batch.close();
    }

    private float[] row(int row) {
        float[] all = batch.latents().floats();
        return Arrays.copyOfRange(all, row * SHAPE.elements(), (row + 1) * SHAPE.elements());
    }

    private static float[] noise(long seed) {
        try (Tensor packed = Noise.packed(new long[] {seed}, SHAPE, Device.CPU, DType.F32)) {
            return packed.floats();
        }
    }

    @Test
    void rowsStartAtTheirSeedsNoise() {
        assertThat(batch.shape()).isEqualTo(SHAPE);
        for (int i = 0; i < 3; i++) {
            assertThat(row(i)).isEqualTo(noise(5 + i));
        }
        try (Tensor unpacked = batch.unpacked()) {
            assertThat(unpacked.shape()).containsExactly(3, 4, 4, 6);
        }
    }

    @Test
    void forkDropAndReorderCopyRowsOnly() {
        Candidate first = batch.candidates().getFirst();
        Candidate third = batch.candidates().getLast();
        long live = NativeTorch.liveObjects();
        batch.pick(new long[] {2, 0, 2}, List.of(third, first, third.fork(3)));
        assertThat(NativeTorch.liveObjects()).isEqualTo(live);
        assertThat(row(0)).isEqualTo(noise(7));
        assertThat(row(1)).isEqualTo(noise(5));
        assertThat(row(2)).isEqualTo(noise(7));
        assertThat(batch.candidates())
                .containsExactly(
                        new Candidate(2, Candidate.ROOT, 7, 0),
                        new Candidate(0, Candidate.ROOT, 5, 0),
                        new Candidate(3, 2, 7, 0));
    }

    @Test
    void aForkGoesItsOwnWay() {
        Candidate first = batch.candidates().getFirst();
        batch.pick(new long[] {0, 0}, List.of(first, first.fork(9)));
        batch.latents().memory().fill((byte) 0); // both rows
        batch.pick(new long[] {0, 1}, batch.candidates());
        try (Tensor fork = batch.latents().slice(1, 1)) {
            fork.memory().fill((byte) 1);
        }
        assertThat(row(0)).containsOnly(0);
        assertThat(row(1)).doesNotContain(0);
    }

    @Test
    void keepsTheNamedRows() {
        batch.advance();
        batch.keep(2, 1);
        assertThat(batch.latents().shape()).containsExactly(2, SHAPE.tokens(), 16);
        assertThat(row(0)).isEqualTo(noise(7));
        assertThat(row(1)).isEqualTo(noise(6));
        assertThat(batch.candidates())
                .containsExactly(new Candidate(2, Candidate.ROOT, 7, 1), new Candidate(1, Candidate.ROOT, 6, 1));
    }

    @Test
    void rowsThatAreNotThereAreRefusedAndLeaveTheBatchAsItWas() {
        for (int absent : new int[] {3, -1}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> batch.keep(0, absent))
                    .withMessage("row " + absent + " is outside [0, 3)");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> batch.pick(new long[] {absent}, List.of(Candidate.root(0, 5))))
                    .withMessage("row " + absent + " is outside [0, 3)");
        }
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> batch.pick(new long[] {0}, batch.candidates()))
                .withMessage("1 rows are named by 3 candidates");
        assertThat(batch.candidates()).hasSize(3);
        assertThat(row(2)).isEqualTo(noise(7));
    }

    @Test
    void negativeCandidatesAreRefused() {
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> Candidate.root(-1, 5));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Candidate(0, Candidate.ROOT, 5, -1));
    }
}
