package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden transformer under prefixes, in both layouts, beside other models. */
class FluxCheckpointTest {
    private static final Path GOLDEN = Path.of("src/test/goldens/dev/pipeline/transformer");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "false, ''",
        "false, transformer.",
        "false, model.diffusion_model.",
        "true, ''",
        "true, diffusion_model.",
        "true, model.diffusion_model.",
        "true, net.of.somebody."
    })
    void isFoundUnderAnyPrefix(boolean original, String prefix) throws IOException {
        try (Checkpoint golden = Checkpoint.open(GOLDEN, "diffusion_pytorch_model");
                Arena arena = Arena.ofConfined()) {
            Path file = write(original ? OriginalFlux.of(golden, arena, folder) : golden.tensors(), prefix);
            try (FluxCheckpoint flux = FluxCheckpoint.open(file)) {
                assertThat(flux.tensors().keySet())
                        .containsExactlyInAnyOrderElementsOf(golden.tensors().keySet());
                golden.tensors()
                        .forEach((name, tensor) -> assertThat(flux.tensors().get(name))
                                .as(name)
                                .satisfies(found -> assertThat(found.data().mismatch(tensor.data()))
                                        .isEqualTo(-1)));
            }
        }
    }

    private Path write(Map<String, StoredTensor> tensors, String prefix) throws IOException {
        List<StoredTensor> all = new ArrayList<>();
        tensors.forEach((name, tensor) -> all.add(tensor.named(prefix + name)));
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, all, Map.of());
        Files.copy(GOLDEN.resolve("config.json"), folder.resolve("config.json"));
        return file;
    }

    @Test
    void twoOfThemAreRefused() throws IOException {
        try (Checkpoint golden = Checkpoint.open(GOLDEN, "diffusion_pytorch_model")) {
            List<StoredTensor> all = new ArrayList<>();
            golden.tensors().forEach((name, tensor) -> {
                all.add(tensor.named("model." + name));
                all.add(tensor.named("model_ema." + name));
            });
            Path file = folder.resolve("model.safetensors");
            SafetensorsWriter.write(file, all, Map.of());
            assertThatThrownBy(() -> FluxCheckpoint.open(file).close())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(file
                            + ": holds the same model under the prefixes 'model.' and 'model_ema.'; keep one of them");
        }
    }

    @Test
    void anotherClassesConfigurationIsRefusedInAFolderAndIgnoredBesideAFile() throws IOException {
        try (Checkpoint golden = Checkpoint.open(GOLDEN, "diffusion_pytorch_model");
                Arena arena = Arena.ofConfined()) {
            SafetensorsWriter.write(
                    folder.resolve("diffusion_pytorch_model.safetensors"),
                    golden.tensors().values(),
                    Map.of());
            Files.writeString(folder.resolve("config.json"), "{\"_class_name\": \"SD3Transformer2DModel\"}");
            assertThatThrownBy(() -> FluxCheckpoint.open(folder).close())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(folder.resolve("config.json")
                            + ": _class_name is SD3Transformer2DModel, expected FluxTransformer2DModel");
            Path file = folder.resolve("flux1-dev.safetensors");
            SafetensorsWriter.write(file, OriginalFlux.of(golden, arena, folder).values(), Map.of());
            // Toy sizes cannot be told from shapes, so that a configuration is asked for.
            assertThatThrownBy(() -> FluxCheckpoint.open(file).close())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("so a config.json is needed beside it");
        }
    }

    @Test
    void anotherModelIsNamed() {
        Path file = Path.of("src/test/goldens/dev/pipeline/vae/diffusion_pytorch_model.safetensors");
        assertThatThrownBy(() -> FluxCheckpoint.open(file).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(file + ": holds no FLUX transformer, but an autoencoder in diffusers' layout");
    }
}
