package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraModules;
import io.irscale.lora.LoraTarget;
import io.irscale.lora.LoraTerm;
import io.irscale.lora.LoraUpdate;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** LoRAs against peft's own outputs, merged, at run time, and mixed within a batch. */
@ExtendWith(NoLeaks.class)
class LoraGoldenTest {
    private static final double TOLERANCE = 5e-6;
    private static final LatentShape SHAPE = new LatentShape(4, 12, 8);
    private static final int STEP = 1; // the goldens' forward stands there

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FluxTransformer flux;
    private GoldenTensors run;
    private GoldenTensors goldens;
    private FlowSchedule schedule;
    private DeviceLora a;
    private DeviceLora b;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void open() throws IOException {
        run = new GoldenTensors("dev/run-fp32.safetensors");
        goldens = new GoldenTensors("dev/lora.safetensors");
        schedule = FlowSchedule.of(run.floats("sigmas"));
        flux = own(
                FluxTransformer.open(GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer"), Device.CPU, DType.F32));
        a = own(load("lora-a", DType.F32));
        b = own(load("lora-b", DType.F32));
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

    private DeviceLora load(String name, DType dtype) {
        Path folder = GoldenTensors.GOLDENS.resolve("dev").resolve(name);
        DeviceLora lora = new DeviceLora(Device.CPU, dtype);
        try (LoraFile file = LoraFile.open(folder)) {
            file.match(FluxLoraNames.modules(flux.config()), new LoraModules(Map.of(), Map.of(), Map.of()))
                    .updates(LoraTarget.TRANSFORMER)
                    .forEach(lora::put);
        }
        return lora;
    }

    private static DeviceLora.Applied at(DeviceLora lora, double scale) {
        return new DeviceLora.Applied(lora, (float) scale);
    }

    private Map<String, List<DeviceLora.Applied>> cases() {
        return Map.of(
                "base", List.of(),
                "a-1.0", List.of(at(a, 1)),
                "a-0.6", List.of(at(a, 0.6)),
                "b-1.0", List.of(at(b, 1)),
                "a-0.7+b-1.3", List.of(at(a, 0.7), at(b, 1.3)));
    }

    private Plan plan(int prompt, List<DeviceLora.Applied> unmerged) {
        try (Tensor txt = run.tensor("prompt_embeds");
                Tensor vec = run.tensor("pooled");
                Tensor text = txt.slice(prompt, 1);
                Tensor pooled = vec.slice(prompt, 1)) {
            return flux.plan(text, pooled, 3.5f, schedule, SHAPE, unmerged, null);
        }
    }

    /** The goldens' forward: both prompts at their noise. */
    private float[] forward(List<DeviceLora.Applied> unmerged) {
        try (Plan first = plan(0, unmerged);
                Plan second = plan(1, unmerged);
                Tensor img = run.tensor("latents.init");
                Tensor velocity = flux.velocity(img, List.of(Row.of(first, STEP), Row.of(second, STEP)), null)) {
            return velocity.floats();
        }
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        double worst = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs((double) actual[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        assertThat(actual).hasSameSizeAs(expected);
        assertThat(worst / scale).isLessThanOrEqualTo(tolerance);
    }

    @Test
    void theRuntimeBranchEqualsPeft() {
        cases().forEach((name, loras) -> assertClose(forward(loras), goldens.floats(name), TOLERANCE));
    }

    @Test
    void mergedWeightsEqualPeft() {
        cases().forEach((name, loras) -> {
            flux.merge(loras);
            assertClose(forward(List.of()), goldens.floats(name), TOLERANCE);
        });
        flux.merge(List.of(at(a, 1)));
        assertClose(forward(List.of()), goldens.floats("a-fused"), TOLERANCE);
        goldens.names().stream().filter(name -> name.startsWith("merged.")).forEach(name -> {
            try (Tensor weight = flux.parameter(name.substring("merged.".length()) + ".weight")) {
                assertClose(weight.floats(), goldens.floats(name), TOLERANCE);
            }
        });
    }

    @Test
    void offRestoresTheLoadedWeightsBitForBit() {
        float[] before = forward(List.of());
        flux.merge(List.of(at(a, 1), at(b, -0.5)));
        assertThat(forward(List.of())).isNotEqualTo(before);
        flux.merge(List.of());
        assertThat(forward(List.of())).isEqualTo(before);
        flux.merge(List.of(at(a, 0)));
        assertThat(forward(List.of())).isEqualTo(before);
    }

    @Test
    void theSetDependsOnNothingThatWasSetBefore() {
        flux.merge(List.of(at(b, 1)));
        float[] alone = forward(List.of());
        flux.merge(List.of(at(a, 3)));
        flux.merge(List.of(at(b, 1)));
        assertThat(forward(List.of())).isEqualTo(alone);
    }

    @Test
    void rowsOfOneBatchMayCarryDifferentLoras() {
        List<List<DeviceLora.Applied>> sets = List.of(
                List.of(at(a, 1)), List.of(at(b, 1)), List.of(at(a, 0.7), at(b, 1.3)), List.of(), List.of(at(a, 1)));
        List<Row> rows =
                sets.stream().map(set -> Row.of(own(plan(0, set)), STEP)).toList();
        try (Tensor img = run.tensor("latents.init");
                Tensor same = img.rows(0, 0, 0, 0, 0);
                Tensor together = flux.velocity(same, rows, null)) {
            float[] all = together.floats();
            for (int i = 0; i < rows.size(); i++) {
                try (Tensor one = img.rows(0);
                        Tensor alone = flux.velocity(one, List.of(rows.get(i)), null)) {
                    float[] row = Arrays.copyOfRange(all, i * SHAPE.elements(), (i + 1) * SHAPE.elements());
                    assertClose(row, alone.floats(), 1e-6);
                }
            }
        }
    }

    @Test
    void inBf16TheSumIsRoundedOnce() {
        try (FluxTransformer bf16 = FluxTransformer.open(
                        GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer"), Device.CPU, DType.BF16);
                DeviceLora lora = load("lora-a", DType.BF16)) {
            String module = "transformer_blocks.0.attn.to_q";
            flux.merge(List.of(at(a, 0.6)));
            bf16.merge(List.of(at(lora, 0.6)));
            try (Tensor exact = flux.parameter(module + ".weight");
                    Tensor rounded = exact.to(Device.CPU, DType.BF16);
                    Tensor weight = bf16.parameter(module + ".weight")) {
                assertThat(weight.floats()).isEqualTo(rounded.floats());
            }
        }
    }

    @Test
    void whatDoesNotFitLeavesTheModelAsItWas() {
        flux.merge(List.of(at(b, 1)));
        float[] before = forward(List.of());
        try (DeviceLora alien = new DeviceLora(Device.CPU, DType.F32);
                DeviceLora wide = new DeviceLora(Device.CPU, DType.F32);
                Arena arena = Arena.ofConfined()) {
            alien.put(update("down_blocks.0", factor(arena, 1, 2, 64), factor(arena, 1, 64, 2)));
            wide.put(update("proj_out", factor(arena, 1, 2, 63), factor(arena, 1, 16, 2)));
            assertRefused(List.of(at(alien, 1)), "down_blocks.0");
            assertRefused(List.of(at(a, 1), at(wide, 1)), "proj_out");
            assertRefused(List.of(at(a, Double.NaN)), "scale is nan");
            assertRefused(List.of(at(a, 1e9)), "scale is 1e+09");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() ->
                            alien.put(update("proj_out", factor(arena, Float.NaN, 2, 64), factor(arena, 1, 16, 2))))
                    .withMessageContaining("proj_out lora_A holds NaN");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> alien.put(update("proj_out", factor(arena, 1, 2, 64), factor(arena, 1, 16, 3))))
                    .withMessageContaining("proj_out lora_B has shape [16, 3]");
        }
        assertThat(forward(List.of())).isEqualTo(before);
    }

    private void assertRefused(List<DeviceLora.Applied> loras, String text) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> flux.merge(loras))
                .withMessageContaining(text);
    }

    private static LoraUpdate update(String module, StoredTensor a, StoredTensor b) {
        return new LoraUpdate(
                LoraTarget.TRANSFORMER, module, new LoraTerm.LowRank(a, b), Optional.empty(), 1, List.of(module));
    }

    private static StoredTensor factor(Arena arena, float value, long rows, long columns) {
        float[] values = new float[(int) (rows * columns)];
        Arrays.fill(values, value);
        return new StoredTensor(
                "factor",
                DType.F32,
                List.of(rows, columns),
                arena.allocateFrom(ValueLayout.JAVA_FLOAT, values),
                Path.of("memory"));
    }
}
