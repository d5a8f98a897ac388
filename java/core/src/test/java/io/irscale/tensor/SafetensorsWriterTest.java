package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
    private static final Path GOLDENS = Path.of("src/test/goldens/dev");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token_ids.safetensors",
                "run-bf16.safetensors",
                "lora-a/pytorch_lora_weights.safetensors",
                "pipeline/vae/diffusion_pytorch_model.safetensors",
                "pipeline/transformer/diffusion_pytorch_model-00001-of-00007.safetensors"
            })
    void writesTheBytesThatTheReferenceWrote(String name) throws IOException {
        Path copy = folder.resolve("copy.safetensors");
        try (Checkpoint golden = Checkpoint.open(GOLDENS.resolve(name))) {
            SafetensorsWriter.write(copy, golden.tensors().values(), golden.metadata());
        }
        assertThat(copy).hasSameBinaryContentAs(GOLDENS.resolve(name));
        assertThat(files()).containsExactly("copy.safetensors");
    }

    @Test
    void ordersByAlignmentThenByUtf8() throws IOException {
        Path file = folder.resolve("order.safetensors");
        // In UTF-16, which Java compares, the second of these names would come first.
        SafetensorsWriter.write(
                file,
                List.of(
                        tensor("u", DType.U8),
                        tensor("\uD83D\uDD25", DType.F32),
                        tensor("\uFF21", DType.F32),
                        tensor("s/\"", DType.I32),
                        tensor("l", DType.I64)),
                Map.of("k", "\u001f/", "b", "2", "a", "1"));
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1).indexOf('{'))
                .isEqualTo(8);
        assertThat(new String(Files.readAllBytes(file), 8, 140, StandardCharsets.UTF_8))
                .startsWith("{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\",\"k\":\"\\u001f/\"},"
                        + "\"l\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},\"\uFF21\"");
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("l", "\uFF21", "\uD83D\uDD25", "s/\"", "u");
            assertThat(checkpoint.metadata())
                    .containsExactly(Map.entry("a", "1"), Map.entry("b", "2"), Map.entry("k", "\u001f/"));
        }
    }

    @Test
    void replacesAFileThatIsOpen() {
        Path file = folder.resolve("x.safetensors");
        SafetensorsWriter.write(file, List.of(tensor("old", DType.U8)), Map.of());
        try (Checkpoint old = Checkpoint.open(file)) {
            SafetensorsWriter.write(file, List.of(tensor("new", DType.U8)), Map.of());
            assertThat(old.tensor("old").data().byteSize()).isEqualTo(1);
        }
        try (Checkpoint now = Checkpoint.open(file)) {
            assertThat(now.tensors()).containsOnlyKeys("new");
        }
    }

    @Test
    void writesNoTensorsAtAll() throws IOException {
        Path file = folder.resolve("none.safetensors");
        SafetensorsWriter.write(file, List.of(), Map.of());
        assertThat(file).hasBinaryContent(SafetensorsBytes.file("{}      ", 0));
    }

    @Test
    void refusesNamesThatAFileCannotHold() throws IOException {
        Path file = folder.resolve("x.safetensors");
        for (List<String> names : List.of(List.of("a", "a"), List.of("__metadata__"), List.of("a\nb"))) {
            List<StoredTensor> tensors =
                    names.stream().map(name -> tensor(name, DType.U8)).toList();
            assertThatThrownBy(() -> SafetensorsWriter.write(file, tensors, Map.of()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith(file + ": cannot hold a tensor named '");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesTextThatUtf8CannotSpell() {
        Path file = folder.resolve("x.safetensors");
        List<StoredTensor> half = List.of(tensor("half \ud800", DType.U8));
        assertThatThrownBy(() -> SafetensorsWriter.write(file, half, Map.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("half a surrogate pair");
        assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(), Map.of("prompt", "half \ud800")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("half a surrogate pair");
    }

    @Test
    void refusesAHeaderOverTheLimit() { // test_invalid_header_size_serialization
        Path file = folder.resolve("x.safetensors");
        Map<String, String> metadata = Map.of("long", "a".repeat(100_000_000));
        assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(), metadata))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is over the limit of 100000000");
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        StoredTensor tensor = tensor("a", DType.U8);
        Path inNoFolder = folder.resolve("absent").resolve("x.safetensors");
        assertThatThrownBy(() -> SafetensorsWriter.write(inNoFolder, List.of(tensor), Map.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(inNoFolder + ": ")
                .hasMessageContaining("cannot be written");

        Path occupied = Files.createDirectory(folder.resolve("x.safetensors"));
        Files.createFile(occupied.resolve("kept"));
        assertThatThrownBy(() -> SafetensorsWriter.write(occupied, List.of(tensor), Map.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(occupied + ": ")
                .hasMessageContaining("cannot be written");
        assertThat(files()).containsExactly("x.safetensors");
        assertThat(occupied.resolve("kept")).exists();
    }

    @Test
    void refusesTensorsOfAClosedCheckpoint() throws IOException {
        Checkpoint golden = Checkpoint.open(GOLDENS.resolve("token_ids.safetensors"));
        List<StoredTensor> tensors = List.copyOf(golden.tensors().values());
        golden.close();
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x.safetensors"), tensors, Map.of()))
                .isInstanceOf(ClosedException.class);
        assertThat(files()).isEmpty();
    }

    private static StoredTensor tensor(String name, DType dtype) {
        byte[] bytes = new byte[dtype.bytes()];
        return new StoredTensor(name, dtype, List.of(1L), MemorySegment.ofArray(bytes), Path.of("memory"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
