package io.irscale.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A linear classifier's five steps against those of torch.optim.AdamW with clip_grad_norm_ of torch 2.13. */
@ExtendWith(NoLeaks.class)
class AdamWTest {
    private static final double TOLERANCE = 1e-5;
    private static final int ROWS = 6;
    private static final double[] NORMS = {0.6442377, 0.5184965, 0.4623688, 0.4271727, 0.4021105};
    private static final float[] WEIGHT = {
        0.0980569f,
        0.5540570f,
        0.7079888f,
        -0.0327055f,
        -0.4992650f,
        -0.7133151f,
        -0.0283863f,
        0.4393802f,
        0.6774659f,
        0.0845970f,
        -0.3755519f,
        -0.6984131f
    };
    private static final float[] BIAS = {0.1755459f, 0.0920573f, -0.3640781f};
    private static final float[] WEIGHT_AVERAGE = {
        -0.0043843f, 0.4561782f, 0.6120501f, 0.0703583f, -0.4010159f, -0.6181356f,
        -0.1322706f, 0.3404879f, 0.5987393f, 0.1891187f, -0.2757776f, -0.6021340f
    };
    private static final float[] BIAS_AVERAGE = {0.1545230f, 0.0801825f, -0.2757597f};
    private static final float[] WEIGHT_MEAN = {
        -0.0425068f, -0.0524818f, -0.0142052f, 0.0371315f, 0.0432641f, 0.0108834f,
        -0.0315034f, -0.0449261f, -0.0007572f, 0.0415984f, 0.0457086f, 0.0077946f
    };
    private static final float[] WEIGHT_SQUARE = {
        0.0024517f, 0.0037093f, 0.0002728f, 0.0018754f, 0.0025399f, 0.0001661f,
        0.0013378f, 0.0027364f, 0.0000011f, 0.0023244f, 0.0028051f, 0.0000817f
    };

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static float[] sines(int from, int count, double scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (scale * Math.sin(from + i));
        }
        return values;
    }

    private static Parameters classifier() {
        return Slopes.parameters(
                Map.of("weight", sines(50, 12, 0.5), "bias", sines(90, 3, 0.2)),
                Map.of("weight", new long[] {3, 4}, "bias", new long[] {3}));
    }

    /** Some rows of the batch, forwards and backwards. */
    private static void backward(Parameters parameters, int from, int rows, float share) {
        float[] target = new float[3 * rows];
        for (int row = 0; row < rows; row++) {
            target[3 * row + (from + row) % 3] = 1;
        }
        backward(parameters, sines(1 + 4 * from, 4 * rows, 1), target, share);
    }

    private static void backward(Parameters parameters, float[] features, float[] target, float share) {
        int rows = features.length / 4;
        try (Recording _ = Recording.start();
                Tensor x = Tensor.of(features, rows, 4);
                Tensor t = Tensor.of(target, rows, 3);
                Tensor weight = parameters.tensor("weight");
                Tensor bias = parameters.tensor("bias");
                Loss loss = Loss.classes(x, weight, bias, t)) {
            loss.backwardMean(share);
        }
    }

    private static AdamW.Settings settings(int step) {
        return new AdamW.Settings(0.1 / (step + 1), 0.9, 0.95, 1e-8, 0.1, 0.3, 0.8);
    }

    private static float[] state(AdamW optimizer, String name, AdamW.State state) {
        try (Tensor tensor = optimizer.state(name, state)) {
            return tensor.floats();
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    private static void assertEnd(AdamW optimizer) {
        assertClose(state(optimizer, "weight", AdamW.State.WEIGHT), WEIGHT);
        assertClose(state(optimizer, "bias", AdamW.State.WEIGHT), BIAS);
        assertClose(state(optimizer, "weight", AdamW.State.AVERAGE), WEIGHT_AVERAGE);
        assertClose(state(optimizer, "bias", AdamW.State.AVERAGE), BIAS_AVERAGE);
        assertClose(state(optimizer, "weight", AdamW.State.MEAN), WEIGHT_MEAN);
        assertClose(state(optimizer, "weight", AdamW.State.SQUARE), WEIGHT_SQUARE);
    }

    @Test
    void stepsAreTorchs() {
        try (Parameters parameters = classifier();
                AdamW optimizer = new AdamW(parameters, true)) {
            for (int step = 0; step < NORMS.length; step++) {
                backward(parameters, 0, ROWS, 1);
                optimizer.gather(1);
                assertThat(optimizer.step(settings(step))).isCloseTo(NORMS[step], within(TOLERANCE));
            }
            assertThat(optimizer.steps()).isEqualTo(NORMS.length);
            assertEnd(optimizer);
            try (Tensor seen = parameters.tensor("weight")) {
                assertThat(seen.floats()).isEqualTo(state(optimizer, "weight", AdamW.State.WEIGHT));
            }
        }
    }

    @Test
    void halfBatchesGatheredAreOne() {
        try (Parameters parameters = classifier();
                AdamW optimizer = new AdamW(parameters, true)) {
            for (int step = 0; step < NORMS.length; step++) {
                for (int part = 0; part < 2; part++) {
                    backward(parameters, part * ROWS / 2, ROWS / 2, part == 0 ? 0.5f : 1);
                    optimizer.gather(part == 0 ? 1 : 0.5f); // either place may hold the share
                }
                assertThat(optimizer.step(settings(step))).isCloseTo(NORMS[step], within(TOLERANCE));
            }
            assertEnd(optimizer);
        }
    }

    @Test
    void aGradientThatIsNotFiniteChangesNothing() {
        try (Parameters parameters = classifier();
                AdamW optimizer = new AdamW(parameters, true)) {
            float[] features = sines(1, 4, 1);
            Arrays.fill(features, Float.POSITIVE_INFINITY);
            backward(parameters, features, new float[] {1, 0, 0}, 1);
            optimizer.gather(1);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> optimizer.step(settings(0)))
                    .withMessageContaining("expected a finite number");
            assertThat(state(optimizer, "weight", AdamW.State.WEIGHT)).isEqualTo(sines(50, 12, 0.5));
            assertThat(state(optimizer, "weight", AdamW.State.MEAN)).containsOnly(0f);
            assertThat(optimizer.steps()).isZero();
        }
    }
}
