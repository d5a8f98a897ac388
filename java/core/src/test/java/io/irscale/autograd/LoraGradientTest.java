package io.irscale.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.ModuleShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A LoRA of every layer of a small FLUX in training: its gradients and its dropout. */
@ExtendWith(NoLeaks.class)
class LoraGradientTest {
    private static final double TOLERANCE = 1e-2;
    private static final LatentShape SHAPE = new LatentShape(4, 12, 8);
    private static final int RANK = 2;
    private static final float[] SIGMA = {0.7f, 0.2f};

    private final RandomGenerator random = new SplittableRandom(7);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private FluxTransformer flux;
    private Tensor txt;
    private Tensor vec;
    private Tensor x;
    private Tensor x0;
    private Tensor noise;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void open() throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/run-fp32.safetensors");
        flux = own(
                FluxTransformer.open(GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer"), Device.CPU, DType.F32));
        try (Tensor prompts = golden.tensor("prompt_embeds");
                Tensor pooled = golden.tensor("pooled")) {
            txt = own(prompts.slice(0, 2));
            vec = own(pooled.slice(0, 2));
        }
        x = own(latents());
        x0 = own(latents());
        noise = own(latents());
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

    private Tensor latents() {
        return Tensor.of(Slopes.normal(random, 2 * SHAPE.elements(), 1), 2, SHAPE.tokens(), 16);
    }

    private Tensor velocity(List<DeviceLora.Applied> loras) {
        try (Plan plan = flux.plan(txt, vec, 3.5f, SIGMA, SHAPE, loras)) {
            return flux.velocity(x, List.of(Row.of(plan, 0), Row.of(plan, 1)), null);
        }
    }

    private Tensor velocity(Parameters factors, float dropout, long seed) {
        try (DeviceLora lora = DeviceLora.inTraining(factors, DType.F32, 0.5, dropout, seed)) {
            return velocity(List.of(new DeviceLora.Applied(lora, 1)));
        }
    }

    private Loss loss(Parameters factors, float dropout) {
        try (Tensor velocity = velocity(factors, dropout, 3)) {
            return Loss.flow(velocity, x0, noise);
        }
    }

    private Parameters everyLayer(Map<String, ModuleShape> layers) {
        Map<String, float[]> values = new LinkedHashMap<>();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        layers.forEach((layer, shape) -> {
            int in = Math.toIntExact(shape.in());
            int out = Math.toIntExact(shape.out());
            values.put(layer + ".lora_A.weight", Slopes.normal(random, RANK * in, 1 / Math.sqrt(in)));
            shapes.put(layer + ".lora_A.weight", new long[] {RANK, in});
            values.put(layer + ".lora_B.weight", Slopes.normal(random, out * RANK, 0.2));
            shapes.put(layer + ".lora_B.weight", new long[] {out, RANK});
        });
        return Slopes.parameters(values, shapes);
    }

    @Test
    void gradientsAreTheSlopesOfTheLoss() {
        Map<String, ModuleShape> layers = FluxLoraNames.modules(flux.config()).shapes();
        for (float dropout : new float[] {0, 0.25f}) {
            try (Parameters factors = everyLayer(layers);
                    Slopes slopes = new Slopes(factors, () -> loss(factors, dropout))) {
                for (String factor : List.of(".lora_A.weight", ".lora_B.weight")) {
                    double all = slopes.error(name -> name.endsWith(factor), false, random);
                    double worst = 0;
                    for (String layer : layers.keySet()) {
                        worst = Math.max(worst, slopes.error((layer + factor)::equals, true, random));
                    }
                    System.out.printf(
                            "%s, dropout %s: slope off by %.1e over all %d layers, at most %.1e in one%n",
                            factor, dropout, all, layers.size(), worst);
                    assertThat(all).isLessThan(TOLERANCE);
                    assertThat(worst).isLessThan(TOLERANCE);
                }
            }
        }
    }

    @Test
    void dropoutLeavesOutItsShareAndRepeats() {
        int outputs = 16;
        int inputs = Math.toIntExact(flux.config().width());
        float[] a = new float[outputs * inputs];
        float[] b = new float[outputs * outputs];
        for (int i = 0; i < outputs; i++) {
            a[i * inputs + i] = 1; // the last layer then adds its own first inputs to the velocity
            b[i * outputs + i] = 1;
        }
        try (Parameters factors = Slopes.parameters(
                        Map.of("proj_out.lora_A.weight", a, "proj_out.lora_B.weight", b),
                        Map.of(
                                "proj_out.lora_A.weight", new long[] {outputs, inputs},
                                "proj_out.lora_B.weight", new long[] {outputs, outputs}));
                Tensor plain = velocity(List.of());
                Tensor whole = velocity(factors, 0, 5);
                Tensor dropped = velocity(factors, 0.3f, 5);
                Tensor again = velocity(factors, 0.3f, 5);
                Tensor other = velocity(factors, 0.3f, 6)) {
            assertThat(again.floats()).isEqualTo(dropped.floats());
            assertThat(other.floats()).isNotEqualTo(dropped.floats());
            float[] without = plain.floats();
            float[] with = whole.floats();
            float[] some = dropped.floats();
            int seen = 0;
            int left = 0;
            for (int i = 0; i < without.length; i++) {
                float input = with[i] - without[i];
                if (Math.abs(input) < 0.01) {
                    continue; // too small to tell
                }
                float ratio = (some[i] - without[i]) / input;
                seen++;
                if (Math.abs(ratio) < 1e-2) {
                    left++;
                } else {
                    assertThat(ratio).as("enlarged to match").isBetween(0.99f / 0.7f, 1.01f / 0.7f);
                }
            }
            System.out.printf("%d of %d inputs left out at 0.3%n", left, seen);
            assertThat(seen).isGreaterThan(500);
            assertThat((double) left / seen).isBetween(0.24, 0.36);
        }
    }
}
