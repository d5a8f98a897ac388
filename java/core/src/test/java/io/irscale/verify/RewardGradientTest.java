package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.decode.Vae;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.ffi.NativeTorch;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Against PyTorch's autograd and against differences of scores. */
@ExtendWith(NoLeaks.class)
class RewardGradientTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    /** |a - b| / |b| */
    private static double difference(float[] a, float[] b) {
        double error = 0;
        double norm = 0;
        for (int i = 0; i < b.length; i++) {
            error += Math.pow((double) a[i] - b[i], 2);
            norm += Math.pow(b[i], 2);
        }
        assertThat(norm).isGreaterThan(0);
        return Math.sqrt(error / norm);
    }

    private static double dot(float[] a, float[] b, int begin, int end) {
        double sum = 0;
        for (int i = begin; i < end; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** base + step direction, as a tensor like {@code like}. */
    private static Tensor moved(Tensor like, float[] direction, double step) {
        float[] values = like.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (step * direction[i]);
        }
        return Tensor.of(values, like.shape());
    }

    @Test
    void theGradientIsThatOfTheReference() throws IOException {
        try (GoldenReward golden = new GoldenReward(DType.F32, folder);
                RewardGradient.Result cheap = golden.cheap(golden.x0);
                RewardGradient.Result full = golden.full(golden.x)) {
            float[] velocity = Objects.requireNonNull(full.velocity()).floats();
            System.out.printf(
                    "relative difference: gradient by x0 %.1e, by x %.1e, velocity %.1e%n",
                    difference(cheap.gradient().floats(), golden.golden.floats("cheap.gradient")),
                    difference(full.gradient().floats(), golden.golden.floats("full.gradient")),
                    difference(velocity, golden.golden.floats("full.velocity")));
            assertThat(cheap.velocity()).isNull();
            assertThat(cheap.gradient().shape()).isEqualTo(golden.x0.shape());
            assertThat(difference(cheap.gradient().floats(), golden.golden.floats("cheap.gradient")))
                    .isLessThanOrEqualTo(1e-4);
            assertThat(difference(full.gradient().floats(), golden.golden.floats("full.gradient")))
                    .isLessThanOrEqualTo(1e-4);
            assertThat(difference(velocity, golden.golden.floats("full.velocity")))
                    .isLessThanOrEqualTo(1e-5);
            assertThat(cheap.scores()).containsExactly(golden.golden.floats("cheap.scores"), within(2e-6f));
            assertThat(full.scores()).containsExactly(golden.golden.floats("full.scores"), within(2e-6f));
        }
    }

    @Test
    void theGradientIsTheSlopeOfTheScore() throws IOException {
        try (GoldenReward golden = new GoldenReward(DType.F32, folder)) {
            checkSlopes(golden.x0, golden::cheap);
            checkSlopes(golden.x, golden::full);
        }
    }

    private static void checkSlopes(Tensor at, Function<Tensor, RewardGradient.Result> reward) {
        float[] gradient;
        try (RewardGradient.Result result = reward.apply(at)) {
            gradient = result.gradient().floats();
        }
        int row = gradient.length / 2;
        Random random = new Random(3);
        double worst = 0;
        for (int trial = 0; trial < 4; trial++) {
            // leaning towards the gradient, so that the slope is well above rounding
            float[] direction = new float[gradient.length];
            for (int r = 0; r < 2; r++) {
                double norm = Math.sqrt(dot(gradient, gradient, r * row, (r + 1) * row));
                for (int i = r * row; i < (r + 1) * row; i++) {
                    direction[i] = (float) (random.nextGaussian() / Math.sqrt(row) + gradient[i] / norm);
                }
            }
            double step = 0.02;
            try (Tensor after = moved(at, direction, step);
                    Tensor before = moved(at, direction, -step);
                    RewardGradient.Result up = reward.apply(after);
                    RewardGradient.Result down = reward.apply(before)) {
                for (int r = 0; r < 2; r++) {
                    double measured = (up.scores()[r] - down.scores()[r]) / (2 * step);
                    double computed = dot(gradient, direction, r * row, (r + 1) * row);
                    worst = Math.max(worst, Math.abs(measured - computed) / Math.abs(computed));
                }
            }
        }
        System.out.printf("largest relative difference from a difference quotient: %.1e%n", worst);
        assertThat(worst).isLessThanOrEqualTo(1e-2);
    }

    @Test
    void aStepAlongTheGradientRaisesEveryScore() throws IOException {
        try (GoldenReward golden = new GoldenReward(DType.F32, folder)) {
            for (boolean full : new boolean[] {false, true}) {
                Tensor at = full ? golden.x : golden.x0;
                Function<Tensor, RewardGradient.Result> reward = full ? golden::full : golden::cheap;
                try (RewardGradient.Result before = reward.apply(at);
                        Tensor next = moved(at, before.gradient().floats(), 10);
                        RewardGradient.Result after = reward.apply(next)) {
                    for (int r = 0; r < 2; r++) {
                        assertThat(after.scores()[r]).isGreaterThan(before.scores()[r] + 0.005f);
                    }
                }
            }
        }
    }

    @Test
    void aRowDoesNotKnowOfTheOthers() throws IOException {
        try (GoldenReward golden = new GoldenReward(DType.F32, folder);
                RewardGradient.Result both = golden.full(golden.x);
                Tensor x = golden.x.slice(1, 1);
                Tensor text = golden.text.slice(1, 1);
                RewardGradient.Result alone = golden.reward.full(
                        x, golden.rows.subList(1, 2), new float[] {GoldenReward.SIGMA[1]}, GoldenReward.SHAPE, text);
                Tensor second = both.gradient().slice(1, 1)) {
            assertThat(difference(alone.gradient().floats(), second.floats())).isLessThanOrEqualTo(1e-4);
        }
    }

    @Test
    void scoresAreTheVerifiersButForTheRounding() throws IOException {
        List<String> prompts = List.of("hot", "a cold road");
        try (GoldenReward golden = new GoldenReward(DType.F32, folder);
                RewardGradient.Result cheap = golden.reward.cheap(golden.x0, GoldenReward.SHAPE, prompts);
                RewardGradient.Result full =
                        golden.reward.full(golden.x, golden.rows, GoldenReward.SIGMA, GoldenReward.SHAPE, prompts);
                Tensor latents = Noise.unpack(golden.x0, GoldenReward.SHAPE);
                Tensor decoded = golden.vae.decode(latents);
                Tensor images = Vae.finish(decoded);
                Tensor velocity = golden.flux.velocity(golden.x, golden.rows, null)) {
            assertThat(cheap.scores()).containsExactly(golden.verifier.score(images, prompts), within(1e-3f));
            assertThat(full.scores()).containsExactly(cheap.scores(), within(1e-5f));
            // With a graph libtorch's operators compute it, without one kernels do.
            assertThat(Objects.requireNonNull(full.velocity()).floats())
                    .containsExactly(velocity.floats(), within(2e-5f));
        }
    }

    @Test
    void modelsInBf16GiveAnF32Gradient() throws IOException {
        try (GoldenReward golden = new GoldenReward(DType.BF16, folder);
                Tensor half = golden.x.to(Device.CPU, DType.BF16);
                RewardGradient.Result cheap = golden.cheap(golden.x0);
                RewardGradient.Result full = golden.full(half)) {
            assertThat(Objects.requireNonNull(full.velocity()).dtype()).isEqualTo(DType.BF16);
            for (RewardGradient.Result result : List.of(cheap, full)) {
                assertThat(result.gradient().dtype()).isEqualTo(DType.F32);
                float[] reference =
                        golden.golden.floats(result.velocity() == null ? "cheap.gradient" : "full.gradient");
                float[] gradient = result.gradient().floats();
                int n = gradient.length;
                double cosine = dot(gradient, reference, 0, n)
                        / Math.sqrt(dot(gradient, gradient, 0, n) * dot(reference, reference, 0, n));
                System.out.printf("cosine between bf16 and f64 gradients: %.3f%n", cosine);
                assertThat(cosine).isGreaterThan(0.6);
            }
        }
    }

    @Test
    void noGraphSurvivesACall() throws IOException {
        LatentShape small = new LatentShape(4, 8, 4);
        try (GoldenReward golden = new GoldenReward(DType.F32, folder);
                Plan plan = golden.plan(0, small);
                Tensor x = Noise.packed(new long[] {1}, small, Device.CPU, DType.F32);
                Tensor text = golden.text.slice(0, 1)) {
            List<Row> rows = List.of(Row.of(plan, 1));
            float[] sigma = {GoldenReward.SIGMA[0]};
            Runnable both = () -> {
                golden.reward.cheap(x, small, text).close();
                golden.reward.full(x, rows, sigma, small, text).close();
            };
            Stream.generate(() -> both).limit(10).forEach(Runnable::run);
            long objects = NativeTorch.liveObjects();
            long before = residentBytes();
            Stream.generate(() -> both).limit(50).forEach(Runnable::run);
            long grown = residentBytes() - before;
            System.out.printf("memory after 100 calls: %+d KB%n", grown / 1024);
            assertThat(NativeTorch.liveObjects()).isEqualTo(objects);
            assertThat(grown).isLessThan(32L << 20); // one graph holds more than 1 MB
        }
    }

    private static long residentBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(field -> field.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(line.split("\\s+"))
                        .skip(1)
                        .mapToLong(Long::parseLong)
                        .findFirst()
                        .orElseThrow()
                * 1024;
    }
}
