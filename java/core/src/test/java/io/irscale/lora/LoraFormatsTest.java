package io.irscale.lora;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way to spell a layer and its factors, against the product of the factors given. */
class LoraFormatsTest {
    @TempDir
    private Path folder;

    private LoraFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LoraFixture(folder);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "transformer.%s.lora_A.weight, transformer.%s.lora_B.weight, DIFFUSERS",
        "%s.lora_A.weight, %s.lora_B.weight, DIFFUSERS",
        "transformer.%s.lora_A.default.weight, transformer.%s.lora_B.default.weight, DIFFUSERS",
        "transformer.%s.lora.down.weight, transformer.%s.lora.up.weight, DIFFUSERS",
        "transformer.%s.lora_down.weight, transformer.%s.lora_up.weight, DIFFUSERS",
        "base_model.model.%s.lora_A.weight, base_model.model.%s.lora_B.weight, PEFT",
        "base_model.model.transformer.%s.lora_A.weight, base_model.model.transformer.%s.lora_B.weight, PEFT",
        "diffusion_model.%s.lora_A.weight, diffusion_model.%s.lora_B.weight, AI_TOOLKIT",
    })
    void takesDiffusersNames(String a, String b, LoraFormat format) {
        Map<String, double[]> expected = new LinkedHashMap<>();
        LoraFixture.FLUX.shapes().forEach((module, shape) -> {
            fixture.put(a.formatted(module), 4, shape.in()).put(b.formatted(module), shape.out(), 4);
            expected.put(module, product(a.formatted(module), b.formatted(module)));
        });
        assertUpdates(format, LoraTarget.TRANSFORMER, expected);
    }

    @Test
    void takesOneTrainersNames() {
        Map<String, double[]> expected = new LinkedHashMap<>();
        LoraFixture.FLUX.shapes().forEach((module, shape) -> {
            String name = "lora_transformer_" + module.replace('.', '_');
            fixture.put(name + ".lora_down.weight", 4, shape.in()).put(name + ".lora_up.weight", shape.out(), 4);
            expected.put(module, product(name + ".lora_down.weight", name + ".lora_up.weight"));
        });
        assertUpdates(LoraFormat.ONETRAINER_TRANSFORMER, LoraTarget.TRANSFORMER, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "lora_te_text_model_, _, lora_down, lora_up, KOHYA",
        "lora_te1_text_model_, _, lora_down, lora_up, KOHYA",
        "text_encoder.text_model., ., lora_A, lora_B, DIFFUSERS",
        "text_encoder., ., lora_A, lora_B, DIFFUSERS",
        "text_encoder.text_model., ., lora_linear_layer.down, lora_linear_layer.up, DIFFUSERS",
        "text_encoders.clip_l.transformer.text_model., ., lora_down, lora_up, AI_TOOLKIT",
    })
    void takesTextEncoders(String prefix, String dot, String a, String b, LoraFormat format) {
        Map<String, double[]> expected = new LinkedHashMap<>();
        LoraFixture.CLIP.shapes().forEach((module, shape) -> {
            String name = prefix + module.replace(".", dot) + ".";
            fixture.put(name + a + ".weight", 2, shape.in()).put(name + b + ".weight", shape.out(), 2);
            expected.put(module, product(name + a + ".weight", name + b + ".weight"));
        });
        assertUpdates(format, LoraTarget.CLIP, expected);
    }

    /** Every layer of the original release: its name, input, and the diffusers layers that share out its rows. */
    private static final List<String> ORIGINAL = List.of(
            "img_in 16 x_embedder",
            "txt_in 48 context_embedder",
            "time_in.in_layer 256 time_text_embed.timestep_embedder.linear_1",
            "time_in.out_layer 64 time_text_embed.timestep_embedder.linear_2",
            "vector_in.in_layer 40 time_text_embed.text_embedder.linear_1",
            "vector_in.out_layer 64 time_text_embed.text_embedder.linear_2",
            "guidance_in.in_layer 256 time_text_embed.guidance_embedder.linear_1",
            "guidance_in.out_layer 64 time_text_embed.guidance_embedder.linear_2",
            "final_layer.linear 64 proj_out",
            "double_blocks.1.img_mod.lin 64 transformer_blocks.1.norm1.linear",
            "double_blocks.1.txt_mod.lin 64 transformer_blocks.1.norm1_context.linear",
            "double_blocks.1.img_attn.qkv 64 transformer_blocks.1.attn.to_q transformer_blocks.1.attn.to_k"
                    + " transformer_blocks.1.attn.to_v",
            "double_blocks.1.txt_attn.qkv 64 transformer_blocks.1.attn.add_q_proj"
                    + " transformer_blocks.1.attn.add_k_proj transformer_blocks.1.attn.add_v_proj",
            "double_blocks.1.img_attn.proj 64 transformer_blocks.1.attn.to_out.0",
            "double_blocks.1.txt_attn.proj 64 transformer_blocks.1.attn.to_add_out",
            "double_blocks.1.img_mlp.0 64 transformer_blocks.1.ff.net.0.proj",
            "double_blocks.1.img_mlp.2 256 transformer_blocks.1.ff.net.2",
            "double_blocks.1.txt_mlp.0 64 transformer_blocks.1.ff_context.net.0.proj",
            "double_blocks.1.txt_mlp.2 256 transformer_blocks.1.ff_context.net.2",
            "single_blocks.0.modulation.lin 64 single_transformer_blocks.0.norm.linear",
            "single_blocks.0.linear1 64 single_transformer_blocks.0.attn.to_q single_transformer_blocks.0.attn.to_k"
                    + " single_transformer_blocks.0.attn.to_v single_transformer_blocks.0.proj_mlp",
            "single_blocks.0.linear2 320 single_transformer_blocks.0.proj_out");

    @ParameterizedTest
    @CsvSource({
        "lora_unet_, _, lora_down, lora_up, KOHYA",
        "diffusion_model., ., lora_A, lora_B, AI_TOOLKIT",
        "diffusion_model., ., lora_down, lora_up, AI_TOOLKIT",
        "model.diffusion_model., ., lora_A, lora_B, AI_TOOLKIT",
        "'', ., lora_A, lora_B, AI_TOOLKIT",
        "base_model.model., ., lora_A, lora_B, FAL",
    })
    void takesOriginalNames(String prefix, String dot, String a, String b, LoraFormat format) {
        Map<String, double[]> expected = new LinkedHashMap<>();
        for (String line : ORIGINAL) {
            List<String> words = Arrays.asList(line.split(" ", -1));
            String name = prefix + words.get(0).replace(".", dot);
            fused(
                    expected,
                    name + "." + a,
                    name + "." + b,
                    Long.parseLong(words.get(1)),
                    words.subList(2, words.size()));
        }
        String last = prefix + "final_layer.adaLN_modulation.1".replace(".", dot);
        fixture.put(last + "." + a + ".weight", 4, 64).put(last + "." + b + ".weight", 128, 4);
        double[] shiftScale = product(last + "." + a + ".weight", last + "." + b + ".weight");
        double[] scaleShift = new double[shiftScale.length];
        System.arraycopy(shiftScale, 0, scaleShift, 64 * 64, 64 * 64);
        System.arraycopy(shiftScale, 64 * 64, scaleShift, 0, 64 * 64);
        expected.put("norm_out.linear", scaleShift);
        assertUpdates(format, LoraTarget.TRANSFORMER, expected);
    }

    @Test
    void takesXlabsNames() {
        Map<String, double[]> expected = new LinkedHashMap<>();
        String attn = "transformer_blocks.0.attn.";
        String single = "single_transformer_blocks.1.";
        xlabs(expected, "double_blocks.0.processor.qkv_lora1", 64, attn + "to_q", attn + "to_k", attn + "to_v");
        xlabs(expected, "double_blocks.0.processor.proj_lora1", 64, attn + "to_out.0");
        xlabs(
                expected,
                "double_blocks.0.processor.qkv_lora2",
                64,
                attn + "add_q_proj",
                attn + "add_k_proj",
                attn + "add_v_proj");
        xlabs(expected, "double_blocks.0.processor.proj_lora2", 64, attn + "to_add_out");
        xlabs(
                expected,
                "single_blocks.1.processor.qkv_lora",
                64,
                single + "attn.to_q",
                single + "attn.to_k",
                single + "attn.to_v");
        xlabs(expected, "single_blocks.1.processor.proj_lora", 320, single + "proj_out");
        assertUpdates(LoraFormat.XLABS, LoraTarget.TRANSFORMER, expected);
    }

    private void xlabs(Map<String, double[]> expected, String name, long in, String... modules) {
        fused(expected, name + ".down", name + ".up", in, List.of(modules));
    }

    private void fused(Map<String, double[]> expected, String a, String b, long in, List<String> modules) {
        long rows = modules.stream().mapToLong(LoraFormatsTest::rows).sum();
        fixture.put(a + ".weight", 4, in).put(b + ".weight", rows, 4);
        double[] whole = product(a + ".weight", b + ".weight");
        int at = 0;
        for (String module : modules) {
            int end = at + Math.toIntExact(rows(module) * in);
            expected.put(module, Arrays.copyOfRange(whole, at, end));
            at = end;
        }
    }

    private static long rows(String module) {
        return LoraFixture.FLUX.shape(module).out();
    }

    private double[] product(String a, String b) {
        return LoraFixture.product(fixture.tensor(a), fixture.tensor(b), 1);
    }

    private void assertUpdates(LoraFormat format, LoraTarget target, Map<String, double[]> expected) {
        try (LoraFile file = fixture.open()) {
            assertThat(file.format()).isEqualTo(format);
            Lora lora = file.match(LoraFixture.FLUX, LoraFixture.CLIP);
            assertThat(lora.match().unmatched()).isEmpty();
            assertThat(lora.match().matched()).hasSameElementsAs(fixture.tensors.keySet());
            lora.requireComplete();
            assertThat(lora.updates()).allMatch(update -> update.target() == target);
            assertThat(lora.updates().stream().map(LoraUpdate::module)).hasSameElementsAs(expected.keySet());
            assertThat(lora.updates()).hasSameSizeAs(expected.keySet());
            lora.updates()
                    .forEach(update -> assertThat(LoraFixture.product(update))
                            .as(update.module())
                            .isEqualTo(expected.get(update.module())));
        }
    }
}
