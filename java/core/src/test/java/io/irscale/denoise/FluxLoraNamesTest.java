package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.lora.LoraModules;
import io.irscale.lora.ModuleShape;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FluxLoraNamesTest {
    private static final Path GOLDEN = Path.of("src/test/goldens/dev/pipeline/transformer");

    @Test
    void namesEveryLinearLayerOfTheGoldenTransformer() {
        LoraModules modules = FluxLoraNames.modules(FluxConfig.of(JsonConfig.read(GOLDEN.resolve("config.json"))));
        try (Checkpoint golden = Checkpoint.open(GOLDEN, "diffusion_pytorch_model")) {
            Map<String, ModuleShape> linear = golden.tensors().values().stream()
                    .filter(tensor -> tensor.shape().size() == 2)
                    .collect(Collectors.toMap(
                            tensor -> tensor.name().replaceFirst("\\.weight$", ""), FluxLoraNamesTest::shape));
            assertThat(modules.shapes()).hasSize(50).isEqualTo(linear);
        }
    }

    private static ModuleShape shape(StoredTensor tensor) {
        return new ModuleShape(tensor.shape().get(0), tensor.shape().get(1));
    }

    @Test
    void hasNoGuidanceLayersWithoutGuidance() {
        FluxConfig schnell = new FluxConfig(64, 64, 19, 38, 24, 128, 4096, 768, false, List.of(16, 56, 56));
        assertThat(FluxLoraNames.modules(schnell).shapes())
                .hasSize(502)
                .doesNotContainKey("time_text_embed.guidance_embedder.linear_1");
    }
}
