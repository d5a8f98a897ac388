package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.Diagnostics;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codehaus.plexus.util.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTowersTest {
    private static final Path PIPELINE =
            Path.of(System.getProperty("irscale.root", "../..")).resolve("demo/pipeline");

    @TempDir
    Path folder;

    private long before;

    @BeforeEach
    void torch() {
        TorchLibraries.open(Optional.empty());
        before = Diagnostics.liveObjects();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(Diagnostics.liveObjects()).isEqualTo(before);
    }

    @Test
    void embeddingsThatAFileHoldsTwiceAreTrainedOnce() {
        Path file = folder.resolve("model.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(PIPELINE.resolve("text_encoder_2"), "model")) {
            List<StoredTensor> twice = new ArrayList<>(checkpoint.tensors().values());
            twice.removeIf(tensor -> tensor.name().equals("shared.weight"));
            twice.add(checkpoint.tensor("encoder.embed_tokens.weight").named("shared.weight"));
            SafetensorsWriter.write(file, twice, Map.of());
        }
        try (Parameters parameters = TextTowers.parameters(folder, 1, Device.CPU, DType.F32)) {
            assertThat(parameters.names()).contains("shared.weight").doesNotContain("encoder.embed_tokens.weight");
        }
    }

    @Test
    void whatWasOpenedIsClosedWhenALaterPartIsMissing() throws IOException {
        FileUtils.copyDirectoryStructure(PIPELINE.toFile(), folder.toFile());
        Files.delete(folder.resolve("text_encoder_2/config.json"));
        for (boolean trained : new boolean[] {true, false}) {
            assertThatThrownBy(() -> new TextTowers(folder, trained, 32, 1, Device.CPU, DType.F32))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("config.json");
        }
    }
}
