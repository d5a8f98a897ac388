package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.feature.AestheticHead;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.text.ClipSource;
import io.irscale.text.SmallTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heads as LAION's, for embeddings of 32 values, against torch in fp64: {@code goldens/siglip/make.py}. */
@ExtendWith(NoLeaks.class)
class AestheticVerifierTest {
    private static final Path GOLDENS = GoldenTensors.GOLDENS.resolve("siglip");
    private static final Path CLIP = GoldenTensors.GOLDENS.resolve("dev/clip");

    @TempDir
    Path folder;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private static double[] doubles(GoldenTensors golden, String name) {
        double[] values = new double[golden.size(name, 0)];
        golden.bytes(name).asDoubleBuffer().get(values);
        return values;
    }

    @ParameterizedTest
    @CsvSource({"head-improved.pth, improved", "head-improved.safetensors, improved", "head-linear.pth, linear"})
    void scoresAreTorchs(String file, String name) throws IOException {
        GoldenTensors golden = new GoldenTensors(GOLDENS.resolve("heads.safetensors"));
        double[] expected = doubles(golden, name + ".y");
        try (AestheticHead head = AestheticHead.open(GOLDENS.resolve(file), Device.CPU);
                Tensor x = golden.tensor(name + ".x");
                Tensor y = head.score(x)) {
            assertThat(head.width()).isEqualTo(32);
            assertThat(y.shape()).containsExactly(3, 1);
            for (int i = 0; i < 3; i++) {
                assertThat((double) y.floats()[i]).isCloseTo(expected[i], within(3e-7));
            }
        }
    }

    private EmbeddingVerifier clip() throws IOException {
        Path tokenizer = SmallTokenizers.write(folder.resolve("tokenizers")).resolve("clip_l");
        return EmbeddingVerifier.open(ClipSource.of(CLIP), clip -> tokenizer, Device.CPU, DType.F32);
    }

    @Test
    void aVerifierIsTheHeadOnTheImagesEmbedding() throws IOException {
        Path file = GOLDENS.resolve("head-improved.pth");
        try (Tensor frames = ClipPreprocessingTest.frames(new GoldenTensors("dev/clip.safetensors"))) {
            float[] expected;
            try (EmbeddingVerifier clip = clip();
                    AestheticHead head = AestheticHead.open(file, Device.CPU);
                    Tensor embeddings = clip.embedImages(frames);
                    Tensor scores = head.score(embeddings)) {
                expected = scores.floats();
            }
            try (AestheticVerifier verifier = AestheticVerifier.open(clip(), file, Device.CPU)) {
                assertThat(verifier.name()).isEqualTo("aesthetic");
                assertThat(verifier.score(frames, List.of("a road", "", "two cars")))
                        .containsExactly(expected);
            }
        }
    }

    @Test
    void aHeadForOtherEmbeddingsIsRefused() throws IOException {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> AestheticVerifier.open(
                        SiglipVerifier.open(GOLDENS.resolve("naflex"), Device.CPU, DType.F32),
                        GOLDENS.resolve("head-linear.pth"),
                        Device.CPU))
                .withMessage(GOLDENS.resolve("head-linear.pth")
                        + ": is a head for embeddings of 32 values, and those of the siglip have 16; take the one that it"
                        + " was trained on (LAION's: clip-vit-large-patch14)");
    }

    private void refused(BiConsumer<List<StoredTensor>, StoredTensor> change, String message) {
        Path file = folder.resolve("head.safetensors");
        try (Checkpoint golden = Checkpoint.open(GOLDENS.resolve("head-improved.safetensors"))) {
            List<StoredTensor> tensors = new ArrayList<>(golden.tensors().values());
            change.accept(tensors, golden.tensor("layers.2.weight"));
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> AestheticHead.open(file, Device.CPU))
                .withMessage(file + ": " + message);
    }

    private static StoredTensor as(StoredTensor tensor, String name, List<Long> shape) {
        return new StoredTensor(name, tensor.dtype(), shape, tensor.data(), tensor.file());
    }

    @Test
    void otherFilesAreRefusedByName() {
        String forms = "; an aesthetic head has one linear layer, or layers.0, layers.2, layers.4, layers.6, layers.7";
        refused(
                (tensors, two) -> {
                    tensors.removeIf(tensor -> tensor.name().startsWith("layers.2."));
                    tensors.add(as(two, "layers.3.weight", two.shape()));
                },
                "its layers are layers.0, layers.3, layers.4, layers.6, layers.7" + forms);
        refused((tensors, two) -> tensors.clear(), "its layers are none" + forms);
        refused(
                (tensors, two) -> {
                    tensors.remove(two);
                    tensors.add(as(two, two.name(), List.of(240L)));
                },
                "layers.2.weight has shape [240], expected [out, in] of a linear layer");
        refused(
                (tensors, two) -> {
                    tensors.remove(two);
                    tensors.add(as(two, two.name(), List.of(20L, 12L)));
                },
                "aesthetic head weights: 3 wrong: layers.0.weight has shape [20, 32], expected [12, 32],"
                        + " layers.0.bias has shape [20], expected [12], layers.2.weight has shape [20, 12], expected [12, 12]");
    }
}
