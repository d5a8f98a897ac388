package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Turns the golden transformer, which diffusers saved, into the original layout by the inverse of what diffusers'
 * converter does, and expects the golden back.
 */
class OriginalFluxLayoutTest {
    private static final Path GOLDEN = Path.of("src/test/goldens/dev/pipeline/transformer");
    private static final Path FILE = Path.of("flux1-test.safetensors");

    private final Checkpoint golden = Checkpoint.open(GOLDEN, "diffusion_pytorch_model");
    private final Arena arena = Arena.ofConfined();
    private final Map<String, StoredTensor> original = new LinkedHashMap<>();

    @BeforeEach
    void invert() {
        original.putAll(OriginalFlux.of(golden, arena, FILE));
    }

    @AfterEach
    void close() {
        arena.close();
        golden.close();
    }

    @Test
    void givesTheTensorsThatDiffusersGives() {
        assertThat(OriginalFluxLayout.matches(original)).isTrue();
        assertGolden(OriginalFluxLayout.toDiffusers(original, arena));
    }

    @Test
    void takesThePrefixAndIgnoresWhatLiesBeside() {
        Map<String, StoredTensor> prefixed = original.values().stream()
                .map(tensor -> tensor.named("model.diffusion_model." + tensor.name()))
                .collect(Collectors.toMap(StoredTensor::name, tensor -> tensor));
        prefixed.put("vae.decoder.conv_in.bias", golden.tensor("proj_out.bias"));
        assertThat(OriginalFluxLayout.matches(prefixed)).isTrue();
        assertGolden(OriginalFluxLayout.toDiffusers(prefixed, arena));
    }

    private void assertGolden(Map<String, StoredTensor> converted) {
        assertThat(converted).hasSize(112).containsOnlyKeys(golden.tensors().keySet());
        converted.forEach((name, tensor) -> {
            StoredTensor expected = golden.tensor(name);
            assertThat(tensor.name()).isEqualTo(name);
            assertThat(tensor.dtype()).isEqualTo(expected.dtype());
            assertThat(tensor.shape()).isEqualTo(expected.shape());
            assertThat(tensor.data().mismatch(expected.data())).as(name).isEqualTo(-1);
        });
    }

    @Test
    void splitsWithoutACopy() {
        MemorySegment fused = found("single_blocks.1.linear1.weight").data();
        Map<String, StoredTensor> converted = OriginalFluxLayout.toDiffusers(original, arena);
        MemorySegment mlp = Objects.requireNonNull(converted.get("single_transformer_blocks.1.proj_mlp.weight"))
                .data();
        assertThat(mlp.address()).isEqualTo(fused.address() + 3 * 64 * 64 * 2);
    }

    @Test
    void namesAnyTensorThatIsMissing() {
        assertThat(original).hasSize(84);
        for (String name : List.copyOf(original.keySet())) {
            StoredTensor removed = found(name);
            original.remove(name);
            assertThatThrownBy(() -> OriginalFluxLayout.toDiffusers(original, arena))
                    .as(name)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("'" + name + "'");
            original.put(name, removed);
        }
    }

    @Test
    void leavesOutTensorsWithoutAPlace() {
        Set<String> before = OriginalFluxLayout.toDiffusers(original, arena).keySet();
        StoredTensor bias = found("img_in.bias");
        for (String name : List.of("img_in.lora", "double_blocks.0.img_attn.qkv.position_ids")) {
            original.put(name, bias.named(name));
        }
        assertThat(OriginalFluxLayout.toDiffusers(original, arena).keySet()).isEqualTo(before);
    }

    @Test
    void refusesAGapBetweenBlocks() {
        original.put("double_blocks.3.img_mod.lin.weight", found("img_in.bias"));
        assertThatThrownBy(() -> OriginalFluxLayout.toDiffusers(original, arena))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("tensor 'double_blocks.2.img_mod.lin.weight' is missing");
    }

    @Test
    void refusesShapesThatDoNotSplit() {
        StoredTensor fused = found("single_blocks.0.linear1.weight");
        for (StoredTensor wrong : List.of(fused.rows(0, 447), fused.reshape(64, 448), fused.reshape(896, 32))) {
            original.put(fused.name(), wrong);
            assertThatThrownBy(() -> OriginalFluxLayout.toDiffusers(original, arena))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("tensor 'single_blocks.0.linear1.weight' of shape ");
        }
        original.put(fused.name(), fused);
        StoredTensor modulation = found("final_layer.adaLN_modulation.1.bias");
        original.put(modulation.name(), modulation.rows(0, 127));
        assertThatThrownBy(() -> OriginalFluxLayout.toDiffusers(original, arena))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("must have an even number of rows");
    }

    @Test
    void readsTheConfigOffTheShapes() {
        put("double_blocks.0.img_attn.norm.key_norm.scale", 128);
        put("double_blocks.1.img_attn.norm.key_norm.scale", 128);
        put("img_in.weight", 384, 64);
        put("txt_in.weight", 384, 96);
        put("vector_in.in_layer.weight", 384, 80);
        put("final_layer.linear.weight", 48, 384);
        Map<String, Object> expected = Map.ofEntries(
                Map.entry("num_layers", 2),
                Map.entry("num_single_layers", 2),
                Map.entry("attention_head_dim", 128),
                Map.entry("num_attention_heads", 3),
                Map.entry("patch_size", 1),
                Map.entry("in_channels", 64),
                Map.entry("out_channels", 48),
                Map.entry("joint_attention_dim", 96),
                Map.entry("pooled_projection_dim", 80),
                Map.entry("guidance_embeds", true),
                Map.entry("axes_dims_rope", List.of(16, 56, 56)));
        assertThat(OriginalFluxLayout.config(original)).isEqualTo(expected);
        original.keySet().removeIf(name -> name.startsWith("guidance_in."));
        assertThat(OriginalFluxLayout.config(original)).containsEntry("guidance_embeds", false);
    }

    @Test
    void asksForAConfigWhereTheWeightsDoNotTell() {
        assertThatThrownBy(() -> OriginalFluxLayout.config(original))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has heads of 16 in a width of 64")
                .hasMessageContaining("config.json is needed");
    }

    @Test
    void knowsOtherLayouts() {
        assertThat(OriginalFluxLayout.matches(golden.tensors())).isFalse();
        assertThatThrownBy(() -> OriginalFluxLayout.toDiffusers(golden.tensors(), arena))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("original layout");
    }

    private StoredTensor found(String name) {
        return Objects.requireNonNull(original.get(name), name);
    }

    private void put(String name, long... shape) {
        long bytes = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        original.put(name, new StoredTensor(name, DType.U8, sizes, arena.allocate(bytes), FILE));
    }
}
