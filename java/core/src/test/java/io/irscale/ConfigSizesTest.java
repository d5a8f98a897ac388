package io.irscale;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.decode.VaeConfig;
import io.irscale.denoise.FluxConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.feature.Dinov2Config;
import io.irscale.tensor.JsonConfig;
import io.irscale.text.ClipConfig;
import io.irscale.text.SiglipConfig;
import io.irscale.text.T5Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and shapes are made from the numbers in a {@code config.json}: those that no model has are refused before. */
class ConfigSizesTest {
    private static final int MONSTROUS = 2_000_000_000;

    @TempDir
    private Path folder;

    private void read(String model, String json) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, json);
        switch (model) {
            case "transformer" -> FluxConfig.of(JsonConfig.read(file));
            case "vae" -> VaeConfig.of(JsonConfig.read(file));
            case "clip" -> ClipConfig.of(JsonConfig.read(file));
            case "t5" -> T5Config.of(JsonConfig.read(file));
            case "dinov2" -> Dinov2Config.of(JsonConfig.read(file));
            case "siglip" -> SiglipConfig.read(folder);
            default -> throw new IllegalArgumentException(model);
        }
    }

    private static String json(String model, String section, String entry) {
        String type = switch (model) {
            case "t5" -> "\"feed_forward_proj\": \"gated-gelu\", ";
            case "siglip" -> "\"model_type\": \"siglip2\", ";
            case "clip" -> section.equals("vision_config") ? "\"text_config\": {}, " : "";
            default -> "";
        };
        return "{" + type + (section.isEmpty() ? entry : "\"" + section + "\": {" + entry + "}") + "}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            transformer | '' | num_layers, num_single_layers, num_attention_heads
            vae         | '' | layers_per_block, norm_num_groups
            clip        | text_config   | num_hidden_layers, num_attention_heads
            clip        | vision_config | num_hidden_layers, num_attention_heads
            t5          | '' | num_layers, num_heads
            dinov2      | '' | num_hidden_layers, num_attention_heads
            siglip      | text_config   | num_hidden_layers, num_attention_heads
            siglip      | vision_config | num_hidden_layers, num_attention_heads
            """)
    void aNumberOfPartsThatNoModelHasIsRefused(String model, String section, String keys) {
        refused(model, section, keys, MONSTROUS, "0 to 1000");
        refused(model, section, keys, -1, "0 to 1000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            transformer | '' | in_channels, out_channels, attention_head_dim, joint_attention_dim, pooled_projection_dim
            vae         | '' | in_channels, out_channels, latent_channels
            clip        | text_config   | hidden_size, intermediate_size, max_position_embeddings, vocab_size
            clip        | vision_config | hidden_size, intermediate_size, image_size, patch_size, num_channels
            t5          | '' | d_model, d_kv, d_ff, vocab_size, relative_attention_num_buckets, relative_attention_max_distance
            dinov2      | '' | hidden_size, image_size, patch_size
            siglip      | text_config   | hidden_size, intermediate_size, max_position_embeddings, vocab_size, projection_size
            siglip      | vision_config | hidden_size, intermediate_size, patch_size, num_patches
            """)
    void aSizeThatNoModelHasIsRefused(String model, String section, String keys) {
        refused(model, section, keys, MONSTROUS, "1 to 1048576");
        refused(model, section, keys, 0, "1 to 1048576");
    }

    private void refused(String model, String section, String keys, int value, String limits) {
        for (String key : keys.split(", ", -1)) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .as(key)
                    .isThrownBy(() -> read(model, json(model, section, "\"%s\": %d".formatted(key, value))))
                    .withMessage("%s: %s is %d, expected %s", folder.resolve("config.json"), key, value, limits);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            vae         | "block_out_channels": [64, 2000000000] | block_out_channels is 2000000000, expected 1 to 1048576
            transformer | "axes_dims_rope": [-16, 56, 56]        | axes_dims_rope is -16, expected 1 to 1048576
            dinov2      | "mlp_ratio": 1e300                     | mlp_ratio is 1.0E300, expected a number that makes 1 to 1048576 of 768
            dinov2      | "mlp_ratio": -1                        | mlp_ratio is -1.0, expected a number that makes 1 to 1048576 of 768
            """)
    void soIsOneOfAListAndOneThatIsComputed(String model, String entry, String complaint) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(model, json(model, "", entry)))
                .withMessageEndingWith(": " + complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transformer", "vae", "clip", "t5", "dinov2", "siglip"})
    void theDefaultsAreNot(String model) {
        assertThatCode(() -> read(model, json(model, "", "\"x\": 0"))).doesNotThrowAnyException();
    }
}
