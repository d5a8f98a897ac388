package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A small CLIP in open_clip's layout against what open_clip 3.3 computes with it: {@code goldens/open_clip}. */
@ExtendWith(NoLeaks.class)
class OpenClipVerifierTest {
    private static final List<String> TEXTS = List.of(
            "a hot road at night",
            "It\u2019s a \u201chot\u201d car &amp; a ROAD",
            "",
            "car ".repeat(40),
            "<|endoftext|>hot \ufb01re");

    @TempDir
    Path folder;

    private GoldenTensors golden;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void read() throws IOException {
        golden = new GoldenTensors("open_clip/golden.safetensors");
    }

    private static ClipVerifier open(Path folder) {
        return ClipVerifier.open(folder, OpenClipFolder.GOLDEN, Device.CPU, DType.F32);
    }

    private static void close(float[] actual, float[] expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(tolerance));
        }
    }

    /** The cosines of golden pixels with all texts. */
    private static float[] cosines(ClipVerifier verifier, GoldenTensors golden, String images) {
        try (Tensor pixels = golden.tensor(images + ".pixel_values");
                Tensor image = verifier.clip().embedImage(pixels);
                Tensor text = verifier.textEmbeddings(TEXTS);
                Tensor cosines = Clip.cosine(image, text)) {
            return cosines.floats();
        }
    }

    @Test
    void textsAreCleanedEncodedAndEmbeddedAsInOpenClip() {
        try (ClipVerifier verifier = open(OpenClipFolder.GOLDEN);
                Tensor text = verifier.textEmbeddings(TEXTS)) {
            assertThat(text.shape()).isEqualTo(golden.shape("text_features"));
            close(text.floats(), golden.floats("text_features"), 2e-6f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "tall", "odd"})
    void imagesAreEmbeddedAsInOpenClip(String images) {
        try (ClipVerifier verifier = open(OpenClipFolder.GOLDEN);
                Tensor pixels = golden.tensor(images + ".pixel_values");
                Tensor image = verifier.clip().embedImage(pixels)) {
            close(image.floats(), golden.floats(images + ".image_features"), 2e-6f);
            close(cosines(verifier, golden, images), golden.floats(images + ".cosines"), 2e-6f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "tall", "odd"})
    void pixelsAreThoseOfPillow(String images) {
        try (ClipVerifier verifier = open(OpenClipFolder.GOLDEN);
                Tensor frames = ClipPreprocessingTest.frames(golden, images + ".images_u8");
                Tensor pixels = verifier.preprocessing().apply(frames)) {
            assertThat(pixels.shape()).isEqualTo(golden.shape(images + ".pixel_values"));
            // Pillow rounds and clips to 8 bits after each of its two passes: 3.6 of 255 at most on this noise, 0.31 on
            // average, over a deviation of 0.26.
            float[] expected = golden.floats(images + ".pixel_values");
            float[] actual = pixels.floats();
            close(actual, expected, 6e-2f);
            double mean = IntStream.range(0, actual.length)
                    .mapToDouble(i -> Math.abs(actual[i] - expected[i]))
                    .average()
                    .orElseThrow();
            assertThat(mean).isLessThan(6e-3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "tall", "odd"})
    void scoresAreOpenClipsCosines(String images) {
        try (ClipVerifier verifier = open(OpenClipFolder.GOLDEN);
                Tensor frames = ClipPreprocessingTest.frames(golden, images + ".images_u8")) {
            int n = (int) frames.size(0);
            float[] expected = golden.floats(images + ".cosines");
            for (int text = 0; text < TEXTS.size(); text++) {
                float[] scores = verifier.score(frames, Collections.nCopies(n, TEXTS.get(text)));
                for (int i = 0; i < n; i++) {
                    // What the pixels' rounding leaves.
                    assertThat(scores[i]).isCloseTo(expected[i * TEXTS.size() + text], within(5e-3f));
                }
            }
        }
    }

    @Test
    void quickGeluIsAskedForByTheConfiguration() throws IOException {
        Path quick = OpenClipFolder.configured(folder, "model_cfg", "quick_gelu", "true");
        try (ClipVerifier verifier = open(quick)) {
            close(cosines(verifier, golden, "wide"), golden.floats("wide.cosines_quick_gelu"), 2e-6f);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text_cfg | pool_type | \"argmax\"",
                "text_cfg | tokenizer_kwargs | {\"clean\": \"lower\"}",
                "text_cfg | hf_tokenizer_name | null",
                "text_cfg | no_causal_mask | false",
                "vision_cfg | patch_dropout | 0.5",
                "vision_cfg | pool_type | \"tok\"",
                "vision_cfg | timm_model_name | \"\"",
                "model_cfg | custom_text | true",
                "preprocess_cfg | size | 16",
                "preprocess_cfg | fill_color | 0"
            })
    void settingsThatChangeNothingAreAccepted(String section, String key, String json) throws IOException {
        try (ClipVerifier verifier = open(OpenClipFolder.configured(folder, section, key, json))) {
            close(cosines(verifier, golden, "wide"), golden.floats("wide.cosines"), 2e-6f);
        }
    }

    @Test
    void theEndMayBeNamed() throws IOException {
        Path named = OpenClipFolder.configured(folder, "text_cfg", "eos_id", "518");
        String config = Files.readString(named.resolve("open_clip_config.json"));
        Files.writeString(
                named.resolve("open_clip_config.json"),
                config.replace("\"eos_id\":518", "\"eos_id\":518,\"pool_type\":\"eos\""));
        try (ClipVerifier verifier = open(named)) {
            close(cosines(verifier, golden, "wide"), golden.floats("wide.cosines"), 2e-6f);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vision_cfg | timm_model_name | \"vit_base\" | vision_cfg.timm_model_name is \"vit_base\"",
                "vision_cfg | pool_type | \"avg\" | vision_cfg.pool_type is \"avg\", expected \"tok\"",
                "vision_cfg | no_ln_pre | true | vision_cfg.no_ln_pre is true",
                "vision_cfg | attentional_pool | true | vision_cfg.attentional_pool is true",
                "vision_cfg | ls_init_value | 1e-4 | vision_cfg.ls_init_value is 1.0E-4",
                "vision_cfg | layers | [3, 4, 6, 3] | layers is [3,4,6,3], expected a 32-bit integer",
                "vision_cfg | layers | 2000000000 | layers is 2000000000, expected 0 to 1000",
                "text_cfg | width | 2000000000 | width is 2000000000, expected 1 to 1048576",
                "vision_cfg | head_width | 0 | head_width is 0, expected 1 to 1048576",
                "text_cfg | hf_model_name | \"roberta-base\" | text_cfg.hf_model_name is \"roberta-base\"",
                "text_cfg | hf_tokenizer_name | \"t5-base\" | text_cfg.hf_tokenizer_name is \"t5-base\"",
                "text_cfg | tokenizer_kwargs | {\"clean\": \"canonicalize\"} | {\"clean\":\"canonicalize\"}, expected",
                "text_cfg | pool_type | \"last\" | text_cfg.pool_type is last, expected argmax or eos",
                "text_cfg | pool_type | \"eos\" | has no eos_id",
                "text_cfg | no_causal_mask | true | text_cfg.no_causal_mask is true",
                "text_cfg | embed_cls | true | text_cfg.embed_cls is true",
                "text_cfg | proj_type | \"none\" | text_cfg.proj_type is \"none\", expected \"linear\"",
                "text_cfg | act_kwargs | {\"approximate\": \"tanh\"} | text_cfg.act_kwargs is",
                "model_cfg | init_logit_bias | -10 | model_cfg.init_logit_bias is -10",
                "model_cfg | multimodal_cfg | {\"width\": 8} | model_cfg.multimodal_cfg is {\"width\":8}",
                "preprocess_cfg | interpolation | \"nearest\" | interpolation is nearest, expected bicubic, bilinear or random",
                "preprocess_cfg | resize_mode | \"stretch\" | resize_mode is stretch, expected shortest, longest or squash",
                "preprocess_cfg | mode | \"L\" | mode is L, expected RGB",
                "preprocess_cfg | size | 32 | size is 32, expected the model's image_size 16",
                "preprocess_cfg | std | [0.5, 0, 0.5] | std is 0.0, expected a number above 0",
                "preprocess_cfg | size | [16, 32] | size is [16,32], expected the model's image_size 16",
                "preprocess_cfg | mean | [0.5] | mean is 1 values, expected 3"
            })
    void whatIrscaleLacksIsRefusedByName(String section, String key, String json, String message) throws IOException {
        refused(OpenClipFolder.configured(folder, section, key, json), message, "open_clip_config.json");
    }

    private static void refused(Path folder, String... words) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> open(folder).close())
                .satisfies(e -> assertThat(e.getMessage())
                        .contains(words)
                        .contains(folder.toString())
                        .doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"open_clip_pytorch_model.safetensors", "model.safetensors"})
    void aCustomTextClipHasItsTextUnderAPrefix(String file) throws IOException {
        Path custom = OpenClipFolder.stored(folder, file, tensors -> tensors.map(OpenClipVerifierTest::custom));
        try (ClipVerifier verifier = open(custom)) {
            close(cosines(verifier, golden, "wide"), golden.floats("wide.cosines"), 2e-6f);
        }
    }

    private static StoredTensor custom(StoredTensor tensor) {
        String name = tensor.name();
        boolean shared = name.startsWith("visual.") || name.equals("logit_scale");
        return shared ? tensor.name().equals("logit_scale") ? tensor.reshape(1) : tensor : tensor.named("text." + name);
    }

    @Test
    void missingAndMisshapenTensorsAreNamed() throws IOException {
        String[] names = {"visual.proj", "transformer.resblocks.1.attn.in_proj_bias"};
        for (String name : names) {
            Path without = Files.createDirectory(folder.resolve(name));
            OpenClipFolder.stored(
                    without,
                    "open_clip_model.safetensors",
                    tensors -> tensors.filter(tensor -> !tensor.name().equals(name)));
            refused(without, "tensor '" + name + "' is missing");
        }
        Path more = Files.createDirectory(folder.resolve("more"));
        OpenClipFolder.stored(
                more,
                "open_clip_model.safetensors",
                tensors -> tensors.flatMap(tensor -> tensor.name().equals("logit_scale")
                        ? Stream.of(tensor, tensor.named("logit_bias"))
                        : Stream.of(tensor)));
        Clip.open(more, Device.CPU, DType.F32).close(); // what nobody asks for does not matter
        Path uneven = Files.createDirectory(folder.resolve("uneven"));
        OpenClipFolder.stored(
                uneven,
                "open_clip_model.safetensors",
                tensors ->
                        tensors.map(tensor -> tensor.name().equals("visual.transformer.resblocks.0.attn.in_proj_weight")
                                ? tensor.rows(0, 47)
                                : tensor));
        refused(uneven, "of shape [47, 16] must have three equal parts");
    }

    @Test
    void transformersWeightsGoFirstWhereAFolderHoldsBoth() throws IOException {
        Path dev = GoldenTensors.GOLDENS.resolve("dev/clip");
        for (Path from : List.of(dev, OpenClipFolder.GOLDEN)) {
            for (String name : List.of(
                    "config.json", "model.safetensors", "open_clip_config.json", "open_clip_model.safetensors")) {
                if (Files.exists(from.resolve(name))) {
                    Files.copy(from.resolve(name), folder.resolve(name));
                }
            }
        }
        try (Clip clip = Clip.open(folder, Device.CPU, DType.F32)) {
            assertThat(clip.config().projection()).isEqualTo(32);
        }
    }

    @Test
    void halfPrecisionIsClose() {
        try (ClipVerifier verifier =
                ClipVerifier.open(OpenClipFolder.GOLDEN, OpenClipFolder.GOLDEN, Device.CPU, DType.BF16)) {
            close(cosines(verifier, golden, "wide"), golden.floats("wide.cosines"), 3e-2f);
        }
    }
}
