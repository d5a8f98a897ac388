package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeTorch;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.SmallTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(NoLeaks.class)
class ClipVerifierTest {
    private static final Path MODEL = GoldenTensors.GOLDENS.resolve("dev/clip");

    @TempDir
    Path folder;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private ClipVerifier small() throws IOException {
        return ClipVerifier.open(MODEL, SmallTokenizers.write(folder).resolve("clip_l"), Device.CPU, DType.F32);
    }

    @Test
    void scoresAreTheGoldensLogitsOverTheirScale() throws IOException {
        Path tokenizer = Path.of(System.getProperty("irscale.shared", "../../../shared"), "tokenizers/clip_l");
        Assumptions.assumeTrue(Files.isDirectory(tokenizer), () -> "FLUX's vocabularies are not at " + tokenizer);
        GoldenTensors golden = new GoldenTensors("dev/clip.safetensors");
        float[] logits = golden.floats("logits_per_image");
        double scale;
        try (Clip clip = Clip.open(MODEL, Device.CPU, DType.F32)) {
            scale = clip.logitScale();
        }
        JsonNode captions = new JsonMapper()
                .readTree(GoldenTensors.GOLDENS.resolve("dev/manifest.json"))
                .required("clip_captions");
        try (ClipVerifier verifier = ClipVerifier.open(MODEL, tokenizer, Device.CPU, DType.F32);
                Tensor frames = ClipPreprocessingTest.frames(golden)) {
            for (int caption = 0; caption < captions.size(); caption++) {
                float[] scores = verifier.score(
                        frames, Collections.nCopies(3, captions.get(caption).stringValue()));
                assertThat(scores).hasSize(3);
                for (int image = 0; image < scores.length; image++) {
                    // The goldens resized by PIL, which rounds to 8 bits between its two passes.
                    assertThat(scores[image])
                            .isCloseTo((float) (logits[image * captions.size() + caption] / scale), within(1e-3f));
                }
            }
        }
    }

    @Test
    void anImageScoresTheSameAloneAndInABatch() throws IOException {
        try (ClipVerifier verifier = small();
                Tensor frames = ClipPreprocessingTest.frames(new GoldenTensors("dev/clip.safetensors"))) {
            float[] batch = verifier.score(frames, Collections.nCopies(3, "a road"));
            for (int i = 0; i < batch.length; i++) {
                try (Tensor frame = frames.slice(i, 1)) {
                    assertThat(verifier.score(frame, List.of("a road"))[0]).isCloseTo(batch[i], within(1e-5f));
                }
            }
            assertThat(batch[0]).isNotCloseTo(batch[1], within(1e-4f));
        }
    }

    @Test
    void everyRowHasItsOwnPrompt() throws IOException {
        try (ClipVerifier verifier = small();
                Tensor frames = ClipPreprocessingTest.frames(new GoldenTensors("dev/clip.safetensors"))) {
            float[] road = verifier.score(frames, Collections.nCopies(3, "a road"));
            float[] cars = verifier.score(frames, Collections.nCopies(3, "two cars"));
            assertThat(verifier.score(frames, List.of("a road", "two cars", "a road")))
                    .containsExactly(road[0], cars[1], road[2]);
            assertThat(cars[1]).isNotCloseTo(road[1], within(1e-4f));
        }
    }

    @Test
    void moreRowsThanPromptsOrFewerAreRefused() throws IOException {
        try (ClipVerifier verifier = small();
                Tensor frames = ClipPreprocessingTest.frames(new GoldenTensors("dev/clip.safetensors"))) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> verifier.score(frames, List.of("a road", "two cars")))
                    .withMessage("clip: 3 images come with 2 prompts, expected one an image");
        }
    }

    @Test
    void aCallMayNameMorePromptsThanAreKept() throws IOException {
        List<String> prompts =
                IntStream.range(0, 100).mapToObj(i -> "prompt " + i).toList();
        try (ClipVerifier verifier = small()) {
            long before = NativeTorch.liveObjects();
            try (Tensor all = verifier.textEmbeddings(prompts)) {
                assertThat(all.shape()).containsExactly(100, 32);
                assertThat(NativeTorch.liveObjects()).isEqualTo(before + 65);
                float[] last = all.floats();
                assertThat(verifier.textEmbedding("prompt 99").floats())
                        .containsExactly(Arrays.copyOfRange(last, 99 * 32, 100 * 32));
            }
            assertThat(NativeTorch.liveObjects()).isEqualTo(before + 64);
        }
    }

    @Test
    void promptsAreEmbeddedOnceAndTheOldestGoFirst() throws IOException {
        try (ClipVerifier verifier = small();
                Tensor frame = Tensor.of(new float[3 * 64 * 64], 1, 3, 64, 64)) {
            long before = NativeTorch.liveObjects();
            float first = verifier.score(frame, List.of("prompt 0"))[0];
            verifier.score(frame, List.of("prompt 0"));
            assertThat(NativeTorch.liveObjects()).isEqualTo(before + 1);
            for (int i = 0; i < 100; i++) {
                verifier.score(frame, List.of("prompt " + i));
            }
            assertThat(NativeTorch.liveObjects()).isEqualTo(before + 64);
            assertThat(verifier.score(frame, List.of("prompt 0"))).containsExactly(first);
        }
    }

    @Test
    void aLongPromptIsCutAndAnEmptyOneScores() throws IOException {
        try (ClipVerifier verifier = small();
                Tensor frame = Tensor.of(new float[3 * 64 * 64], 1, 3, 64, 64)) {
            assertThat(verifier.name()).isEqualTo("clip");
            for (String prompt : new String[] {"", "very ".repeat(1000)}) {
                assertThat(verifier.score(frame, List.of(prompt))[0]).isBetween(-1f, 1f);
            }
        }
    }

    @Test
    void aTextEncoderIsNoVerifier() throws IOException {
        Path tokenizer = SmallTokenizers.write(folder).resolve("clip_l");
        Path encoder = GoldenTensors.GOLDENS.resolve("dev/pipeline/text_encoder");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ClipVerifier.open(encoder, tokenizer, Device.CPU, DType.F32)
                        .close())
                .withMessageContaining(encoder.toString());
    }

    @Test
    void useAfterCloseIsRefused() throws IOException {
        ClipVerifier verifier = small();
        verifier.close();
        try (Tensor frame = Tensor.of(new float[3 * 64 * 64], 1, 3, 64, 64)) {
            assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> verifier.score(frame, List.of("a road")));
        }
        assertThatExceptionOfType(ClosedException.class).isThrownBy(verifier::close);
    }
}
