package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.lora.ModuleShape;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.JsonConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ClipLoraNamesTest {
    private static final Path GOLDEN = Path.of("src/test/goldens/dev/pipeline/text_encoder");

    @Test
    void namesEveryLinearLayerOfTheGoldenEncoder() {
        ClipConfig config = ClipConfig.of(JsonConfig.read(GOLDEN.resolve("config.json")));
        try (Checkpoint golden = Checkpoint.open(GOLDEN, "model")) {
            Map<String, ModuleShape> linear = golden.tensors().values().stream()
                    .filter(tensor ->
                            tensor.shape().size() == 2 && tensor.name().contains("encoder."))
                    .collect(Collectors.toMap(
                            tensor -> tensor.name()
                                    .replaceFirst("^text_model\\.", "")
                                    .replaceFirst("\\.weight$", ""),
                            tensor -> new ModuleShape(
                                    tensor.shape().get(0), tensor.shape().get(1))));
            assertThat(ClipLoraNames.modules(config.text()).shapes())
                    .hasSize(18)
                    .isEqualTo(linear);
        }
    }
}
