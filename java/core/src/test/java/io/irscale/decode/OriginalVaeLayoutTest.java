package io.irscale.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Turns the golden autoencoder, which diffusers saved, into the original layout by the inverse of what diffusers'
 * converter does, and expects the golden back.
 */
class OriginalVaeLayoutTest {
    private static final Path GOLDEN = Path.of("src/test/goldens/dev/pipeline/vae");

    private final Checkpoint golden = Checkpoint.open(GOLDEN, "diffusion_pytorch_model");
    private final Arena arena = Arena.ofConfined();
    private final Map<String, StoredTensor> original = new LinkedHashMap<>();

    @BeforeEach
    void invert() {
        original.putAll(OriginalVae.of(golden));
    }

    @AfterEach
    void close() {
        arena.close();
        golden.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "first_stage_model.", "vae."})
    void givesTheTensorsThatDiffusersGives(String prefix) {
        Map<String, StoredTensor> packed = original.entrySet().stream()
                .collect(Collectors.toMap(entry -> prefix + entry.getKey(), Map.Entry::getValue));
        if (!prefix.isEmpty()) {
            packed.put("model.diffusion_model.img_in.bias", golden.tensor("decoder.conv_in.bias"));
        }
        assertThat(OriginalVaeLayout.matches(packed)).isTrue();
        Map<String, StoredTensor> converted = OriginalVaeLayout.toDiffusers(packed);
        assertThat(converted).hasSize(244).containsOnlyKeys(golden.tensors().keySet());
        converted.forEach((name, tensor) -> {
            StoredTensor expected = golden.tensor(name);
            assertThat(tensor.name()).isEqualTo(name);
            assertThat(tensor.shape()).as(name).isEqualTo(expected.shape());
            assertThat(tensor.data().address())
                    .as(name)
                    .isEqualTo(expected.data().address());
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss.logvar",
                "quant_conv.scale",
                "encoder.up.0.block.0.conv1.weight",
                "decoder.up.0.attn.0.q.weight",
                "decoder.mid.block_3.conv1.weight",
                "decoder.conv_in.scale"
            })
    void leavesOutTensorsWithoutAPlace(String name) {
        Map<String, StoredTensor> before = OriginalVaeLayout.toDiffusers(original);
        original.put(name, golden.tensor("decoder.conv_in.bias"));
        assertThat(OriginalVaeLayout.toDiffusers(original)).isEqualTo(before);
    }

    @Test
    void refusesAttentionThatIsNoMatrix() {
        put("decoder.mid.attn_1.q.weight", 64, 64, 3, 3);
        assertThatThrownBy(() -> OriginalVaeLayout.toDiffusers(original))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("decoder.mid.attn_1.q.weight");
    }

    @Test
    void readsTheConfigOffTheShapes() {
        for (int level = 0; level < 4; level++) {
            put("decoder.up." + level + ".block.0.conv1.weight", 32L * (level + 1), 1, 1, 1);
        }
        put("decoder.conv_in.weight", 128, 16, 3, 3);
        Map<String, Object> expected = Map.ofEntries(
                Map.entry("block_out_channels", List.of(32, 64, 96, 128)),
                Map.entry("layers_per_block", 2),
                Map.entry("latent_channels", 16),
                Map.entry("out_channels", 3),
                Map.entry("norm_num_groups", 32),
                Map.entry("scaling_factor", 0.3611),
                Map.entry("shift_factor", 0.1159),
                Map.entry("use_quant_conv", false),
                Map.entry("use_post_quant_conv", false));
        assertThat(OriginalVaeLayout.config(original)).isEqualTo(expected);
    }

    @Test
    void asksForAConfigWhereTheWeightsDoNotTell() {
        assertThatThrownBy(() -> OriginalVaeLayout.config(original))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has 4 latent channels and widths [16, 32, 32, 64]")
                .hasMessageContaining("config.json is needed");
        original.remove("decoder.up.1.block.0.conv1.weight");
        assertThatThrownBy(() -> OriginalVaeLayout.config(original))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("tensor 'decoder.up.1.block.0.conv1.weight' is missing");
    }

    @Test
    void knowsOtherLayouts() {
        assertThat(OriginalVaeLayout.matches(golden.tensors())).isFalse();
        assertThatThrownBy(() -> OriginalVaeLayout.toDiffusers(golden.tensors()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("original layout");
    }

    private void put(String name, long... shape) {
        long bytes = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        original.put(name, new StoredTensor(name, DType.U8, sizes, arena.allocate(bytes), Path.of("ae.safetensors")));
    }
}
