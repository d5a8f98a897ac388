package io.irscale.decode;

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

class VaeCheckpointTest {
    private static final Path GOLDEN = Path.of("src/test/goldens/dev/pipeline/vae");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "vae.", "first_stage_model."})
    void oldAttentionNamesAndPrefixesAreRead(String prefix) throws IOException {
        Path file = folder.resolve("diffusion_pytorch_model.safetensors");
        try (VaeCheckpoint golden = VaeCheckpoint.open(GOLDEN)) {
            List<StoredTensor> old = golden.tensors().values().stream()
                    .map(tensor -> tensor.named(prefix
                            + tensor.name()
                                    .replace(".to_q.", ".query.")
                                    .replace(".to_k.", ".key.")
                                    .replace(".to_v.", ".value.")
                                    .replace(".to_out.0.", ".proj_attn.")))
                    .toList();
            SafetensorsWriter.write(file, old, Map.of());
            Files.copy(GOLDEN.resolve("config.json"), folder.resolve("config.json"));
            try (VaeCheckpoint vae = VaeCheckpoint.open(folder)) {
                assertThat(vae.config()).isEqualTo(golden.config());
                assertThat(vae.tensors().keySet()).isEqualTo(golden.tensors().keySet());
            }
        }
    }

    @Test
    void aQuantConvolutionInTheOriginalLayoutCounts() {
        try (Checkpoint golden = Checkpoint.open(GOLDEN, "diffusion_pytorch_model")) {
            Map<String, StoredTensor> original = OriginalVae.of(golden);
            original.put(
                    "quant_conv.weight", golden.tensor("decoder.conv_in.weight").named("quant_conv.weight"));
            assertThat(OriginalVaeLayout.toDiffusers(original)).containsKey("quant_conv.weight");
        }
    }

    @Test
    void anotherModelIsNamed() {
        Path file = Path.of("src/test/goldens/dev/pipeline/text_encoder/model.safetensors");
        assertThatThrownBy(() -> VaeCheckpoint.open(file).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holds no autoencoder, but a CLIP text encoder");
    }
}
