package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeT5;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.LoadedModel;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights that another process shortens once they are mapped: reading them raises SIGBUS, which must not end this one. */
class CutWeightsTest {
    private static final Path GOLDENS = Path.of("src/test/goldens");
    private static final String CUT = "was cut off while it was open; copy the file again";
    private static final long LEFT = 4096;

    @TempDir
    private Path folder;

    @BeforeAll
    static void loadLibtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private Path copy(String golden) throws IOException {
        Path from = GOLDENS.resolve(golden);
        if (Files.isRegularFile(from)) {
            return Files.copy(from, folder.resolve(from.getFileName()));
        }
        for (String name : new String[] {
            "config.json",
            "model.safetensors.index.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors"
        }) {
            Files.copy(from.resolve(name), folder.resolve(name));
        }
        return folder;
    }

    private static void cut(T5Checkpoint checkpoint) throws IOException {
        for (StoredTensor tensor : checkpoint.tensors().values()) {
            try (FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.WRITE)) {
                channel.truncate(LEFT);
            }
        }
    }

    private static LoadedModel load(Path path, T5Checkpoint checkpoint, DType dtype) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment struct = checkpoint.config().struct(call);
            return LoadedModel.create(
                    path,
                    checkpoint.tensors().values(),
                    () -> {},
                    Device.CPU,
                    dtype,
                    (out, weights) -> NativeT5.create(out, struct, weights),
                    NativeT5::free);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dev/pipeline/text_encoder_2, F32",
        "dev/pipeline/text_encoder_2, BF16",
        "quantized/t5.gguf, F32",
        "quantized/t5.gguf, BF16"
    })
    void aModelOfThemIsRefused(String golden, DType dtype) throws IOException {
        Path path = copy(golden);
        try (T5Checkpoint checkpoint = T5Checkpoint.open(path)) {
            load(path, checkpoint, dtype).close();
            cut(checkpoint);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> load(path, checkpoint, dtype).close())
                    .withMessageStartingWith(path + ": ")
                    .withMessageContaining("cut off while it was open; copy the file again");
        }
    }

    @Test
    void soAreTheirValues() throws IOException {
        Path path = copy("dev/pipeline/text_encoder_2");
        try (T5Checkpoint checkpoint = T5Checkpoint.open(path);
                Arena arena = Arena.ofConfined()) {
            StoredTensor tensor = checkpoint.tensors().get("shared.weight");
            assertThat(tensor).isNotNull();
            // From here on the native layer sees the signal first, and leaves it to the JVM.
            load(path, checkpoint, DType.F32).close();
            cut(checkpoint);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> tensor.value(tensor.elements() - 1))
                    .withMessageStartingWith(tensor.file() + ": " + CUT);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> tensor.transpose(arena))
                    .withMessageContaining(CUT);
        }
    }
}
