package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.Lora;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraModules;
import io.irscale.lora.LoraTarget;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * LoKr, LoHa, DoRA and differences against the programs that write them, in float64: peft 0.21 (LoKr with one layer of whole
 * factors, whose alpha counts; LoHa with a pattern of alphas; DoRA), the modules of LyCORIS ({@code LokrModule}, {@code
 * LohaModule}, {@code LoConModule}, as trained: their forward on the identity) on the original release's fused layers, with
 * magnitudes by rows and by columns, and ComfyUI's rule for differences and for strengths of DoRA, W + s (W' - W). {@code
 * expected.safetensors} holds the merged parameters as {@code CASE@SCALE/NAME}; factors are random, at 0.3.
 */
@ExtendWith(NoLeaks.class)
class LoraKindsGoldenTest {
    private static final double TOLERANCE = 1e-6;
    private static final LatentShape SHAPE = new LatentShape(4, 12, 8);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FluxTransformer flux;
    private GoldenTensors run;
    private GoldenTensors expected;
    private FlowSchedule schedule;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void open() throws Exception {
        run = new GoldenTensors("dev/run-fp32.safetensors");
        expected = new GoldenTensors("dev/lora-kinds/expected.safetensors");
        schedule = FlowSchedule.of(run.floats("sigmas"));
        flux = own(
                FluxTransformer.open(GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer"), Device.CPU, DType.F32));
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

    private DeviceLora load(String name) {
        Path folder = GoldenTensors.GOLDENS.resolve("dev/lora-kinds").resolve(name);
        Path path = Files.isDirectory(folder) ? folder : folder.resolveSibling(name + ".safetensors");
        DeviceLora device = own(new DeviceLora(Device.CPU, DType.F32));
        try (LoraFile file = LoraFile.open(path)) {
            Lora lora = file.match(FluxLoraNames.modules(flux.config()), new LoraModules(Map.of(), Map.of(), Map.of()));
            lora.requireComplete();
            lora.updates(LoraTarget.TRANSFORMER).forEach(device::put);
            lora.vectors(LoraTarget.TRANSFORMER).forEach(device::put);
        }
        return device;
    }

    private static DeviceLora.Applied at(DeviceLora lora, double scale) {
        return new DeviceLora.Applied(lora, (float) scale);
    }

    private float[] velocity(List<DeviceLora.Applied> unmerged) {
        try (Tensor txts = run.tensor("prompt_embeds");
                Tensor vecs = run.tensor("pooled");
                Tensor txt = txts.slice(0, 1);
                Tensor vec = vecs.slice(0, 1);
                Plan plan = flux.plan(txt, vec, 3.5f, schedule, SHAPE, unmerged, null);
                Tensor imgs = run.tensor("latents.init");
                Tensor img = imgs.rows(0);
                Tensor velocity = flux.velocity(img, List.of(Row.of(plan, 1)), null)) {
            return velocity.floats();
        }
    }

    private static double distance(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double worst = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs((double) actual[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return worst / scale;
    }

    private void assertMerged(String name, double scale, DeviceLora lora) {
        flux.merge(List.of(at(lora, scale)));
        String prefix = name + "@" + scale + "/";
        List<String> parameters =
                expected.names().stream().filter(key -> key.startsWith(prefix)).toList();
        assertThat(parameters).isNotEmpty();
        for (String key : parameters) {
            try (Tensor parameter = flux.parameter(key.substring(prefix.length()))) {
                assertThat(distance(parameter.floats(), expected.floats(key)))
                        .as(key)
                        .isLessThanOrEqualTo(TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "peft-lokr",
                "peft-loha",
                "peft-dora",
                "lycoris-lokr",
                "lycoris-loha",
                "lycoris-dora-rows",
                "lycoris-dora-columns",
                "comfy-diff"
            })
    void equalsItsOracleMergedAndAtRunTimeAndGoesAwayBitForBit(String name) {
        DeviceLora lora = load(name);
        float[] before = velocity(List.of());
        for (double scale : new double[] {1, 0.6}) {
            if (expected.names().stream().anyMatch(key -> key.startsWith(name + "@" + scale))) {
                assertMerged(name, scale, lora);
            }
            flux.merge(List.of(at(lora, scale)));
            float[] merged = velocity(List.of());
            assertThat(distance(merged, before)).isGreaterThan(1e-3);
            flux.mergeVectors(List.of(at(lora, scale)));
            assertThat(distance(velocity(List.of(at(lora, scale))), merged)).isLessThanOrEqualTo(4 * TOLERANCE);
        }
        flux.merge(List.of());
        assertThat(velocity(List.of())).isEqualTo(before);
    }

    /** A DoRA scales what those before it made, in either mode. */
    @Test
    void severalCountInTheirOrder() {
        List<DeviceLora.Applied> all = List.of(
                at(load("lycoris-lokr"), 0.5),
                at(load("lycoris-dora-columns"), 0.7),
                at(load("lycoris-loha"), -0.4),
                at(load("lycoris-dora-rows"), 0.9));
        flux.merge(all);
        float[] merged = velocity(List.of());
        flux.merge(all.reversed());
        assertThat(distance(velocity(List.of()), merged)).isGreaterThan(1e-3);
        flux.merge(List.of());
        assertThat(distance(velocity(all), merged)).isLessThanOrEqualTo(4 * TOLERANCE);
    }
}
