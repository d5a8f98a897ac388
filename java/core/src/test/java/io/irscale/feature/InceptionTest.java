package io.irscale.feature;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.Diagnostics;
import io.irscale.GoldenTensors;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NoLeaks;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against an independent implementation in PyTorch, with the same weights made by a formula. */
@ExtendWith(NoLeaks.class)
class InceptionTest {
    @TempDir
    static Path folder;

    private static Path weights = Path.of("");

    private final GoldenTensors golden = new GoldenTensors(InceptionWeights.GOLDEN);

    InceptionTest() throws IOException {}

    @BeforeAll
    static void write() throws IOException {
        Diagnostics.torch(Optional.empty());
        weights = InceptionWeights.write(folder.resolve("inception.safetensors"));
    }

    @ParameterizedTest
    @EnumSource
    void pixelsAreTheReferences(InceptionPixels kind) {
        for (int i = 0; i < 2; i++) {
            try (Tensor image = Images.of(golden, "image." + i);
                    Tensor pixels = kind.apply(image)) {
                Images.assertClose(Images.sampled(pixels, 23), golden.floats(name(kind, "pixels", i)), 1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void featuresAreTheReferences(InceptionPixels kind) {
        try (Inception inception = Inception.open(weights, Device.CPU)) {
            for (int i = 0; i < 2; i++) {
                try (Tensor image = Images.of(golden, "image." + i);
                        Tensor pixels = kind.apply(image);
                        Tensor features = inception.embed(pixels)) {
                    Images.assertClose(features.floats(), golden.floats(name(kind, "features", i)), 3e-6);
                }
            }
        }
    }

    @Test
    void weightsOfAnotherNetworkAreRefused() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>(InceptionWeights.make(folder, arena));
            StoredTensor first = tensors.removeFirst();
            tensors.add(
                    new StoredTensor("AuxLogits.conv0.conv.weight", DType.F32, List.of(1L), arena.allocate(4), folder));
            Path file = folder.resolve("other.safetensors");
            SafetensorsWriter.write(file, tensors, Map.of());
            assertThatThrownBy(() -> Inception.open(file, Device.CPU))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(file + ": Inception weights: 1 missing: " + first.name());
        }
    }

    @Test
    void inputOfAnotherSizeIsRefused() {
        try (Inception inception = Inception.open(weights, Device.CPU);
                Tensor small = Tensor.of(new float[12], 1, 3, 2, 2);
                Tensor grey = Tensor.of(new float[4], 1, 1, 2, 2)) {
            assertThatThrownBy(() -> inception.embed(small))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("pixels has shape [1, 3, 2, 2], expected [-1, 3, 299, 299] (-1: any)");
            assertThatThrownBy(() -> InceptionPixels.CLEAN_FID.apply(grey))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("images has shape [1, 1, 2, 2], expected [-1, 3, -1, -1] (-1: any)");
        }
    }

    private static String name(InceptionPixels kind, String what, int image) {
        return "%s.%s.%d".formatted(kind == InceptionPixels.CLEAN_FID ? "clean_fid" : "pytorch_fid", what, image);
    }
}
