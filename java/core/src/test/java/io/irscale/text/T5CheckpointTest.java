package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The golden T5 in other files than transformers'. {@code t5.gguf} was written by the Python package gguf 0.19 under the names
 * of its own {@code get_tensor_name_map}, with 64 of the vocabulary's rows.
 */
class T5CheckpointTest {
    private static final Path FOLDER = Path.of("src/test/goldens/dev/pipeline/text_encoder_2");
    private static final Path GGUF = Path.of("src/test/goldens/quantized/t5.gguf");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "text_encoders.t5xxl.transformer."})
    void aSingleFileHasTheFoldersTensorsAndSizes(String prefix) {
        Path file = folder.resolve("t5xxl_fp16.safetensors");
        try (Checkpoint stored = Checkpoint.open(FOLDER, "model")) {
            List<StoredTensor> tensors = stored.tensors().values().stream()
                    .map(tensor -> tensor.named(prefix + tensor.name()))
                    .toList();
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        try (T5Checkpoint expected = T5Checkpoint.open(FOLDER);
                T5Checkpoint single = T5Checkpoint.open(file)) {
            assertThat(single.config()).isEqualTo(expected.config());
            assertThat(single.tensors().keySet()).containsAll(expected.tensors().keySet());
        }
    }

    @Test
    void llamaCppsNamesAreTheSameTensors() {
        try (T5Checkpoint expected = T5Checkpoint.open(FOLDER);
                T5Checkpoint gguf = T5Checkpoint.open(GGUF)) {
            T5Config sizes = expected.config();
            assertThat(gguf.config())
                    .isEqualTo(new T5Config(
                            sizes.width(),
                            sizes.key(),
                            sizes.heads(),
                            sizes.mlp(),
                            sizes.layers(),
                            64,
                            sizes.buckets(),
                            sizes.maxDistance(),
                            sizes.eps()));
            expected.tensors().forEach((name, tensor) -> {
                if (!name.equals("encoder.embed_tokens.weight")) {
                    StoredTensor found = gguf.tensors().get(name);
                    assertThat(found).as(name).isNotNull();
                    for (long i = 0; i < 64 && i < tensor.elements(); i++) {
                        assertThat(found.value(i)).as(name).isEqualTo(tensor.value(i));
                    }
                }
            });
        }
    }

    @Test
    void anotherModelIsNamed() throws IOException {
        Path file = Files.copy(
                Path.of("src/test/goldens/dev/pipeline/text_encoder/model.safetensors"),
                folder.resolve("t5xxl.safetensors"));
        assertThatThrownBy(() -> T5Checkpoint.open(file).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + ": holds no T5 text encoder, but a CLIP text encoder");
    }

    @Test
    void aFileInPlaceOfTheFoldersIsNamed() throws IOException {
        Files.createFile(folder.resolve("t5xxl_fp16.safetensors"));
        assertThatThrownBy(() -> T5Checkpoint.open(folder).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("t5xxl_fp16.safetensors lies there: rename it to model.safetensors");
    }
}
