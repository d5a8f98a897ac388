package io.irscale.lora;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.tensor.Checkpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class LoraWriterTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"lora-a, 44, 2", "lora-b, 12, 0.5"})
    void givesBackWhatDiffusersSaved(String name, int updates, double scale) {
        Path golden = Path.of("src/test/goldens/dev", name, "pytorch_lora_weights.safetensors");
        Path copy = folder.resolve("copy.safetensors");
        try (LoraFile file = LoraFile.open(golden)) {
            Lora lora = file.match(LoraFixture.FLUX, LoraFixture.CLIP);
            assertThat(lora.updates()).hasSize(updates).allMatch(update -> update.scale() == scale);
            assertThat(lora.match().complete()).isTrue();
            LoraWriter.write(copy, lora, Map.of());
        }
        try (Checkpoint expected = Checkpoint.open(golden);
                Checkpoint written = Checkpoint.open(copy)) {
            assertThat(written.tensors()).containsOnlyKeys(expected.tensors().keySet());
            written.tensors()
                    .forEach((key, tensor) -> assertThat(
                                    tensor.data().mismatch(expected.tensor(key).data()))
                            .as(key)
                            .isEqualTo(-1));
        }
        try (LoraFile file = LoraFile.open(copy)) {
            assertThat(file.match(LoraFixture.FLUX, LoraFixture.CLIP).updates())
                    .hasSize(updates)
                    .allMatch(update -> update.scale() == scale);
        }
    }

    @Test
    void keepsEveryProductAndScale() {
        try (LoraFixture fixture = new LoraFixture(folder)) {
            fixture.put("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", 4, 64)
                    .put("lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight", 192, 4)
                    .scalar("lora_unet_double_blocks_0_img_attn_qkv.alpha", 3)
                    .put("lora_unet_final_layer_adaLN_modulation_1.lora_down.weight", 2, 64)
                    .put("lora_unet_final_layer_adaLN_modulation_1.lora_up.weight", 128, 2)
                    .scalar("lora_unet_final_layer_adaLN_modulation_1.alpha", 0.7F)
                    .put("lora_unet_final_layer_linear.lora_down.weight", 4, 64)
                    .put("lora_unet_final_layer_linear.lora_up.weight", 16, 4)
                    .put("lora_unet_single_blocks_1_linear2.lora_down.weight", 4, 320)
                    .put("lora_unet_single_blocks_1_linear2.lora_up.weight", 64, 4)
                    .scalar("lora_unet_single_blocks_1_linear2.alpha", 3)
                    .put("lora_te1_text_model_encoder_layers_0_self_attn_q_proj.lora_down.weight", 8, 40)
                    .put("lora_te1_text_model_encoder_layers_0_self_attn_q_proj.lora_up.weight", 40, 8)
                    .scalar("lora_te1_text_model_encoder_layers_0_self_attn_q_proj.alpha", 1);
            Path copy = folder.resolve("copy.safetensors");
            try (LoraFile file = fixture.open()) {
                Lora lora = file.match(LoraFixture.FLUX, LoraFixture.CLIP);
                LoraWriter.write(copy, lora, Map.of());
                try (LoraFile written = LoraFile.open(copy)) {
                    assertThat(written.format()).isEqualTo(LoraFormat.DIFFUSERS);
                    assertThat(products(written.match(LoraFixture.FLUX, LoraFixture.CLIP)))
                            .usingRecursiveComparison()
                            .isEqualTo(products(lora));
                }
            }
        }
    }

    private static Map<String, double[]> products(Lora lora) {
        return lora.updates().stream().collect(Collectors.toMap(LoraUpdate::module, LoraFixture::product));
    }

    @Test
    void writesTheConfigurationThatPeftReads() {
        try (LoraFixture fixture = new LoraFixture(folder)) {
            fixture.put("proj_out.lora_A.weight", 4, 64)
                    .put("proj_out.lora_B.weight", 16, 4)
                    .put("x_embedder.lora_A.weight", 4, 16)
                    .put("x_embedder.lora_B.weight", 64, 4)
                    .put("context_embedder.lora_A.weight", 2, 48)
                    .put("context_embedder.lora_B.weight", 64, 2)
                    .scalar("context_embedder.alpha", 1);
            Path copy = folder.resolve("copy.safetensors");
            try (LoraFile file = fixture.open()) {
                LoraWriter.write(copy, file.match(LoraFixture.FLUX, LoraFixture.CLIP), Map.of());
            }
            try (Checkpoint written = Checkpoint.open(copy)) {
                assertThat(written.metadata()).containsEntry("format", "pt");
                String json = written.metadata().getOrDefault("lora_adapter_metadata", "");
                assertThat(JsonMapper.shared().readTree(json))
                        .isEqualTo(JsonMapper.shared().readTree("""
                        {"transformer.r": 4, "transformer.lora_alpha": 4.0,
                         "transformer.rank_pattern": {"^context_embedder": 2},
                         "transformer.alpha_pattern": {"^context_embedder": 1.0},
                         "transformer.target_modules": ["context_embedder", "proj_out", "x_embedder"]}"""));
            }
        }
    }
}
