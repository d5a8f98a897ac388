package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows of a batch do not know of each other, whatever prompt and step each stands at. */
@ExtendWith(NoLeaks.class)
class FluxTransformerTest {
    private static final Path FOLDER = GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer");
    private static final LatentShape SHAPE = new LatentShape(4, 12, 8);
    private static final FlowSchedule SCHEDULE = FlowSchedule.of(new float[] {1, 0.8f, 0.5f, 0.2f, 0});
    private static final float GUIDANCE = 3.5f;
    private static final double TOLERANCE = 1e-5;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FluxTransformer flux;
    private Tensor txt;
    private Tensor vec;
    private Plan first;
    private Plan second;
    private Tensor noise;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void open() throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/run-fp32.safetensors");
        flux = own(FluxTransformer.open(FOLDER, Device.CPU, DType.F32));
        txt = own(golden.tensor("prompt_embeds"));
        vec = own(golden.tensor("pooled"));
        first = own(plan(flux, 0, SCHEDULE, SHAPE));
        second = own(plan(flux, 1, SCHEDULE, SHAPE));
        noise = own(Noise.packed(new long[] {1, 2, 3, 4, 5, 6, 7, 8}, SHAPE, Device.CPU, DType.F32));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : opened.reversed()) {
            part.close();
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.add(part);
        return part;
    }

    private Plan plan(FluxTransformer model, int prompt, FlowSchedule schedule, LatentShape shape) {
        try (Tensor text = txt.slice(prompt, 1);
                Tensor pooled = vec.slice(prompt, 1)) {
            return model.plan(text, pooled, GUIDANCE, schedule, shape);
        }
    }

    private float[] velocity(List<Row> rows, long... sources) {
        try (Tensor img = noise.rows(sources);
                Tensor out = flux.velocity(img, rows, null)) {
            assertThat(out.shape()).containsExactly(sources.length, SHAPE.tokens(), 16);
            return out.floats();
        }
    }

    private static float[] row(float[] all, int row) {
        return Arrays.copyOfRange(all, row * SHAPE.elements(), (row + 1) * SHAPE.elements());
    }

    /** max |a - b| / max |b| */
    private static double difference(float[] a, float[] b) {
        double worst = 0;
        double scale = 0;
        for (int i = 0; i < b.length; i++) {
            worst = Math.max(worst, Math.abs((double) a[i] - b[i]));
            scale = Math.max(scale, Math.abs(b[i]));
        }
        assertThat(scale).isGreaterThan(0.1);
        return worst / scale;
    }

    @Test
    void aRowIsTheSameAloneInABatchAndInAnotherPosition() {
        float[] batch = velocity(Collections.nCopies(8, Row.of(first, 1)), 0, 1, 2, 3, 4, 5, 6, 7);
        float[] moved = velocity(Collections.nCopies(8, Row.of(first, 1)), 7, 6, 5, 4, 3, 2, 1, 0);
        double worst = 0;
        for (int i = 0; i < 8; i++) {
            float[] alone = velocity(List.of(Row.of(first, 1)), i);
            worst = Math.max(worst, difference(row(batch, i), alone));
            worst = Math.max(worst, difference(row(moved, 7 - i), alone));
        }
        System.out.printf("largest relative difference between batches: %.1e%n", worst);
        assertThat(worst).isLessThanOrEqualTo(TOLERANCE);
    }

    @Test
    void rowsMayStandAtDifferentStepsAndPrompts() {
        List<Row> rows = List.of(Row.of(first, 0), Row.of(second, 3), Row.of(first, 2), Row.of(second, 0));
        float[] mixed = velocity(rows, 4, 4, 0, 4);
        for (int i = 0; i < 4; i++) {
            assertThat(difference(row(mixed, i), velocity(List.of(rows.get(i)), i == 2 ? 0 : 4)))
                    .isLessThanOrEqualTo(TOLERANCE);
        }
        // so that equal rows would not pass for different ones
        assertThat(difference(row(mixed, 0), row(mixed, 3))).isGreaterThan(1e-2);
        assertThat(difference(row(mixed, 1), row(mixed, 3))).isGreaterThan(1e-2);
    }

    @Test
    void trueCfgInOneBatchEqualsTwoForwardsCombined() {
        List<Row> rows = List.of(new Row(first, 1, second, 2.5f), Row.of(first, 1), new Row(second, 2, first, 4f));
        float[] batch = velocity(rows, 0, 1, 2);
        float[] plain = velocity(List.of(Row.of(first, 1)), 1);
        assertThat(difference(row(batch, 1), plain)).isLessThanOrEqualTo(TOLERANCE);
        assertThat(difference(row(batch, 0), guided(rows.get(0), 0))).isLessThanOrEqualTo(TOLERANCE);
        assertThat(difference(row(batch, 2), guided(rows.get(2), 2))).isLessThanOrEqualTo(TOLERANCE);
        float[] all = velocity(List.of(rows.get(2), rows.get(0)), 2, 0);
        assertThat(difference(row(all, 0), row(batch, 2))).isLessThanOrEqualTo(TOLERANCE);
        assertThat(difference(row(all, 1), row(batch, 0))).isLessThanOrEqualTo(TOLERANCE);
    }

    private float[] guided(Row row, int source) {
        Plan against = Objects.requireNonNull(row.negative());
        float[] positive = velocity(List.of(Row.of(row.plan(), row.step())), source);
        float[] negative = velocity(List.of(Row.of(against, row.step())), source);
        float[] out = new float[positive.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = negative[i] + row.trueCfg() * (positive[i] - negative[i]);
        }
        return out;
    }

    @Test
    void aPlanIsSharedNotCopied() {
        long bytes = first.bytes();
        // txt, temb and 2 x 12 + 2 x 3 + 2 groups of modulation in f32, and a complex table
        long values = 64L * 64 + 4 * 64 + 4 * 64 * (2 * 12 + 2 * 3 + 2);
        assertThat(bytes).isEqualTo(4 * values + 8L * (64 + SHAPE.tokens()) * 8);
        velocity(Collections.nCopies(8, Row.of(first, 1)), 0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(first.bytes()).isEqualTo(bytes);
    }

    @Test
    void wrongImagesAreRefused() {
        refused(() -> velocity(List.of(Row.of(first, 0)), 0, 1), "img has shape [2, 24, 16], expected [1, 24, 16]");
        refused(() -> velocity(List.of()), "a forward has 0 rows, expected at least 1");
        Row guided = new Row(first, 0, second, 2f);
        refused(() -> velocity(List.of(guided), 0, 1), "img has shape [2, 24, 16], expected [1, 24, 16]");
        refused(() -> velocity(List.of(guided, guided), 0), "img has shape [1, 24, 16], expected [2, 24, 16]");
        for (long[] shape : new long[][] {{1, 23, 16}, {1, 24, 15}, {24, 16}, {1, 24, 16, 1}}) {
            float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
            try (Tensor img = Tensor.of(values, shape)) {
                for (Row row : List.of(Row.of(first, 0), guided)) {
                    refused(() -> flux.velocity(img, List.of(row), null), "img has shape " + Arrays.toString(shape));
                }
            }
        }
    }

    @Test
    void wrongStepsAreRefused() {
        for (int step : new int[] {-1, 4, Integer.MAX_VALUE}) {
            refused(() -> velocity(List.of(Row.of(first, step)), 0), "row 0 stands at step " + step);
        }
        try (Plan shorter = plan(flux, 1, FlowSchedule.of(new float[] {1, 0.5f, 0}), SHAPE)) {
            refused(
                    () -> velocity(List.of(new Row(first, 3, shorter, 2f)), 0),
                    "row 1 stands at step 3, its plan has 2");
        }
        refused(() -> plan(flux, 0, FlowSchedule.of(new float[] {1.5f, 0}), SHAPE), "timestep 0 is 1.5");
        refused(() -> plan(flux, 0, FlowSchedule.of(new float[] {Float.NaN, 0}), SHAPE), "timestep 0 is nan");
        refused(() -> plan(flux, 0, FlowSchedule.of(new float[] {0}), SHAPE), "steps is 0");
    }

    @Test
    void wrongScalesAreRefused() {
        refused(() -> velocity(List.of(new Row(first, 0, second, Float.NaN)), 0), "true_cfg of row 0 is nan");
        refused(() -> flux.plan(txt, vec, Float.NaN, SCHEDULE, SHAPE), "txt has shape [2, 64, 48]");
        try (Tensor text = txt.slice(0, 1);
                Tensor pooled = vec.slice(0, 1)) {
            refused(() -> flux.plan(text, pooled, Float.NaN, SCHEDULE, SHAPE), "guidance is nan");
            refused(() -> flux.plan(text, vec, 1, SCHEDULE, SHAPE), "vec has shape [2, 40], expected [1, 40]");
            refused(() -> flux.plan(pooled, pooled, 1, SCHEDULE, SHAPE), "txt has shape [1, 40]");
            try (Tensor flat = Tensor.of(new float[48], 48)) {
                refused(() -> flux.plan(flat, pooled, 1, SCHEDULE, SHAPE), "has no dimension 1");
            }
        }
    }

    @Test
    void plansOfDifferentSizesAreRefused() {
        try (Plan wide = plan(flux, 0, SCHEDULE, new LatentShape(4, 8, 20))) {
            refused(
                    () -> velocity(List.of(Row.of(first, 0), Row.of(wide, 0)), 0, 1),
                    "row 1 has 64 txt and 40 img tokens, row 0 has 64 and 24");
        }
    }

    @Test
    void thePlanOfAnotherTransformerIsRefused() {
        try (FluxTransformer other = FluxTransformer.open(FOLDER, Device.CPU, DType.BF16);
                Plan theirs = plan(other, 0, SCHEDULE, SHAPE)) {
            assertThat(other.dtype()).isEqualTo(DType.BF16);
            refused(
                    () -> velocity(List.of(Row.of(first, 0), Row.of(theirs, 0)), 0, 1),
                    "the plan of row 1 was made for another transformer");
            refused(
                    () -> velocity(List.of(new Row(first, 0, theirs, 2f)), 0),
                    "the plan of row 1 was made for another transformer");
        }
    }

    @Test
    void aPlanIsOfNoUseWithoutItsTransformer() {
        FluxTransformer other = FluxTransformer.open(FOLDER, Device.CPU, DType.F32);
        try (Plan orphan = plan(other, 0, SCHEDULE, SHAPE)) {
            other.close();
            assertThatExceptionOfType(ClosedException.class).isThrownBy(orphan::bytes);
            assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> velocity(List.of(Row.of(orphan, 0)), 0));
            assertThatExceptionOfType(ClosedException.class).isThrownBy(other::close);
        }
    }

    @Test
    void theEulerStepIsDoneInPlaceRowByRow() {
        try (Tensor img = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2, 1);
                Tensor v = Tensor.of(new float[] {10, 20, 30, 40}, 2, 2, 1)) {
            Euler.step(img, v, new float[] {-0.5f, 0.25f});
            assertThat(img.floats()).containsExactly(-4, -8, 10.5f, 14);
            refused(() -> Euler.step(img, v, new float[] {1}), "img has shape [2, 2, 1], expected [1, -1, -1]");
            refused(() -> Euler.step(img, v, new float[0]), "dsigma has 0 entries");
            refused(() -> Euler.step(img, noise, new float[2]), "velocity has shape [8, 24, 16]");
        }
    }

    @Test
    void theEulerStepDoesNotWriteToReadOnlyMemory() {
        try (Arena arena = Arena.ofConfined();
                Tensor img = Tensor.wrap(arena.allocate(16).asReadOnly(), DType.F32, 2, 2, 1);
                Tensor v = Tensor.of(new float[] {10, 20, 30, 40}, 2, 2, 1)) {
            refused(() -> Euler.step(img, v, new float[] {1, 1}), "read-only");
            assertThat(img.floats()).containsOnly(0);
        }
    }

    private static void refused(Runnable use, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(use::run)
                .withMessageContaining(message);
    }
}
