package io.irscale.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MalformedLoraTest {
    private static final String A = "transformer.proj_out.lora_A.weight";
    private static final String B = "transformer.proj_out.lora_B.weight";

    @TempDir
    private Path folder;

    private LoraFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LoraFixture(folder);
        fixture.put(A, 4, 64).put(B, 16, 4);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Lora match() {
        try (LoraFile file = fixture.open()) {
            return file.match(LoraFixture.FLUX, LoraFixture.CLIP);
        }
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::match)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(folder.resolve("lora.safetensors") + ": ")
                .hasMessageContainingAll(parts)
                .message()
                .hasLineCount(1);
    }

    @Test
    void theFileIsFineAsItIs() {
        assertThat(match().updates()).hasSize(1);
    }

    @Test
    void refusesAFileThatIsCutOnceItIsOpen() throws IOException {
        TorchLibraries.open(Optional.empty());
        try (LoraFile file = fixture.open();
                DeviceLora device = new DeviceLora(Device.CPU, DType.F32)) {
            LoraUpdate update =
                    file.match(LoraFixture.FLUX, LoraFixture.CLIP).updates().getFirst();
            Files.write(folder.resolve("lora.safetensors"), new byte[0]);
            assertThatThrownBy(() -> device.put(update))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("cut off while it was open; copy the file again");
        }
    }

    @Test
    void refusesRanksThatDisagree() {
        fixture.put(B, 16, 3);
        assertRefused("'" + B + "'", "[16, 3]", "[16, 4]", "'" + A + "'");
    }

    @Test
    void refusesRankZero() {
        fixture.put(A, 0, 64).put(B, 16, 0);
        assertRefused("'" + A + "' of shape [0, 64]", "[at least 1, 64]");
    }

    @Test
    void refusesOtherInputs() {
        fixture.put(A, 4, 63);
        assertRefused("'" + A + "' of shape [4, 63]", "proj_out", "64]");
    }

    @Test
    void refusesOtherOutputs() {
        fixture.put(B, 64, 4);
        assertRefused("'" + B + "' of shape [64, 4]", "proj_out", "[16, 4]");
    }

    @Test
    void refusesFusedRowsThatDoNotSplit() {
        fixture.put("lora_unet_single_blocks_0_linear1.lora_down.weight", 4, 64)
                .put("lora_unet_single_blocks_0_linear1.lora_up.weight", 192, 4);
        assertRefused("'lora_unet_single_blocks_0_linear1.lora_up.weight' of shape [192, 4]", "[448, 4]", "proj_mlp");
    }

    @Test
    void refusesVectors() {
        fixture.put(A, 256);
        assertRefused("'" + A + "' of shape [256]");
    }

    @Test
    void refusesIntegers() {
        fixture.put(B, DType.I8, 16, 4);
        assertRefused("'" + B + "' is I8");
    }

    @Test
    void refusesHalfAPair() {
        fixture.tensors.remove(B);
        assertRefused("'" + A + "' has no factor B");
        fixture.put(B, 16, 4).tensors.remove(A);
        assertRefused("'" + B + "' has no factor A");
    }

    @Test
    void refusesTheSameFactorTwice() {
        fixture.put("transformer.proj_out.lora_A.other.weight", 4, 64);
        assertRefused("'transformer.proj_out.lora_A.other.weight'", "'" + A + "'");
    }

    @Test
    void refusesTwoUpdatesOfALayer() {
        fixture.put("transformer.transformer_blocks.0.attn.to_k.lora_A.weight", 4, 64)
                .put("transformer.transformer_blocks.0.attn.to_k.lora_B.weight", 64, 4)
                .put("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", 4, 64)
                .put("lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight", 192, 4);
        assertRefused("attn.to_k", "lora_unet_double_blocks_0_img_attn_qkv", "'transformer.transformer_blocks.0.attn");
    }

    @ParameterizedTest
    @CsvSource({
        "oft_unet_double_blocks_0_img_attn_proj.oft_blocks.0, OFT",
        "base_model.model.proj_out.oft_R.weight, OFT",
        "lycoris_proj_out.oft_diag, OFT",
        "base_model.model.proj_out.boft_R, BOFT",
        "lora_unet_img_in.a1.weight, GLoRA",
        "base_model.model.proj_out.ia3_l, (IA)^3",
        "lycoris_proj_out.on_input, (IA)^3",
        "base_model.model.proj_out.vera_lambda_b, a tuner of PEFT",
        "double_blocks.0.txt_attn.norm.query_norm.scale, BFL control LoRA",
        "img_in.lora_B.bias, BFL control LoRA",
        "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight, Stable Diffusion",
        "lora_unet_input_blocks_4_1_proj_in.alpha, Stable Diffusion",
        "unet.up_blocks.0.attentions.1.proj_in.lora_A.weight, Stable Diffusion",
    })
    void refusesWhatItDoesNotApply(String key, String format) {
        fixture.put(key, 4, 64);
        assertRefused("tensor '" + key + "'", "does not apply", format);
    }

    @ParameterizedTest
    @CsvSource({
        "transformer.transformer_blocks.2.attn.to_q.lora_A.weight, NO_SUCH_LAYER",
        "transformer.transformer_blocks.0.attn.norm_q.lora_A.weight, NORM",
        "lora_te1_text_projection.lora_down.weight, NO_SUCH_LAYER",
        "something.else.alpha, NO_SUCH_LAYER",
        "lora_te2_encoder_block_0_layer_0_SelfAttention_k.lora_down.weight, T5",
        "lora_te3_encoder_block_0_layer_0_SelfAttention_k.alpha, T5",
        "text_encoder_2.encoder.block.0.layer.0.SelfAttention.k.lora_A.weight, T5",
        "text_encoders.t5xxl.transformer.encoder.block.0.layer.0.SelfAttention.k.lora_up.weight, T5",
        "transformer.proj_out.set_weight, REPLACEMENT",
        "transformer.x_embedder.lora_magnitude_vector, LONE",
        "transformer.x_embedder.dora_scale, LONE",
        "transformer.single_transformer_blocks.0.proj_out.lora_B.bias, LONE",
        "transformer.proj_out.lora_mid.weight, CONVOLUTION",
        "transformer.x_embedder.alpha, LONE",
        "transformer.proj_out.weight, NO_FACTOR",
        "lora_A.weight, NO_FACTOR",
    })
    void reportsKeysWithoutEffect(String key, LoraMatch.Reason reason) {
        fixture.put(key, 4, 64);
        Lora lora = match();
        assertThat(lora.updates()).hasSize(1);
        assertThat(lora.match().matched()).containsExactlyInAnyOrder(A, B);
        assertThat(lora.match().unmatched()).isEqualTo(Map.of(key, reason));
        assertThatThrownBy(lora::requireComplete)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("1 of 3 keys", "'" + key + "' (" + reason.text() + ")");
    }

    @Test
    void reportsConvolutions() {
        fixture.put("transformer.x_embedder.lora_A.weight", 4, 16, 1, 1)
                .put("transformer.x_embedder.lora_B.weight", 64, 4, 1, 1)
                .scalar("transformer.x_embedder.alpha", 4);
        assertThat(match().match().unmatched())
                .hasSize(3)
                .allSatisfy((key, reason) -> assertThat(reason).isEqualTo(LoraMatch.Reason.CONVOLUTION));
    }

    @Test
    void refusesFilesOfWhichNothingFits() {
        fixture.tensors.clear();
        fixture.put("transformer.blocks.0.to_q.lora_A.weight", 4, 64)
                .put("transformer.blocks.0.to_q.lora_B.weight", 64, 4);
        assertRefused(
                "none of its 2 keys",
                "format: diffusers",
                "'transformer.blocks.0.to_q.lora_A.weight' (the model has no");
    }

    @Test
    void refusesEmptyFiles() {
        fixture.tensors.clear();
        assertRefused("none of its 0 keys");
    }

    @Test
    void refusesPickles() throws IOException {
        for (String name : List.of("lora.pt", "lora.ckpt", "lora.bin")) {
            Path file = Files.writeString(folder.resolve(name), "x");
            assertThatThrownBy(() -> LoraFile.open(file))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("pickle");
        }
    }

    @Test
    void endsWithItsFile() {
        LoraUpdate update = match().updates().getFirst();
        assertThatThrownBy(() -> LoraFixture.lowRank(update).b().data()).isInstanceOf(ClosedException.class);
    }

    /** Pieces of real keys in any order: refused, or told apart into matched and unmatched. */
    @Test
    void knowsOnlyOneKindOfFailure() {
        String[] pieces = {
            "transformer",
            "base_model.model",
            "diffusion_model",
            "lora_unet_",
            "lora_te1_text_model_",
            "text_encoder",
            "lora_te2_",
            "transformer_blocks",
            "single_transformer_blocks",
            "double_blocks",
            "single_blocks",
            "0",
            "1",
            "-1",
            "99999999999999999999",
            "attn",
            "to_q",
            "to_out",
            "img_attn",
            "qkv",
            "linear1",
            "proj_out",
            "x_embedder",
            "img_in",
            "final_layer",
            "adaLN_modulation",
            "processor",
            "qkv_lora1",
            "down",
            "up",
            "weight",
            "lora_A",
            "lora_B",
            "lora_down",
            "lora_up",
            "alpha",
            "default",
            "diff",
            "encoder.layers",
            "mlp",
            "fc1",
            "",
            "\u00e9",
            "("
        };
        String[] ends = {".lora_A.weight", ".lora_B.weight", ".lora_down.weight", ".lora_up.weight", ".alpha", ""};
        Random random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 100; round++) {
            fixture.tensors.keySet().removeIf(key -> !key.equals(A) && !key.equals(B));
            for (int i = 0; i < 20; i++) {
                List<String> words = new ArrayList<>();
                for (int length = random.nextInt(1, 6); length > 0; length--) {
                    words.add(pieces[random.nextInt(pieces.length)]);
                }
                String key = String.join(random.nextBoolean() ? "." : "_", words) + ends[random.nextInt(ends.length)];
                fixture.put(key, random.nextBoolean() ? 4 : 0, 64);
            }
            try {
                LoraMatch match = match().match();
                List<String> all = new ArrayList<>(match.matched());
                all.addAll(match.unmatched().keySet());
                assertThat(all).containsExactlyInAnyOrderElementsOf(fixture.tensors.keySet());
            } catch (InvalidInputException e) {
                refused++;
                assertThat(e).message().hasLineCount(1);
            }
        }
        assertThat(refused).isBetween(1, 99);
    }
}
