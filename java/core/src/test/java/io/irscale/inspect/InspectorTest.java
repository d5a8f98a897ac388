package io.irscale.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.irscale.denoise.FluxTransformer;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectorTest {
    private static final Path GOLDENS = Path.of("src/test/goldens");
    private static final Path PIPELINE = GOLDENS.resolve("dev/pipeline");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dev/pipeline/transformer          | a FLUX transformer of other sizes, a FLUX transformer in diffusers' layout | --transformer
            dev/pipeline/vae                  | an autoencoder in diffusers' layout of 4 latent channels | --vae
            dev/pipeline/text_encoder         | a CLIP text encoder, 40 wide                             | --text-encoder
            dev/pipeline/text_encoder_2       | a T5 text encoder, 48 wide                               | --text-encoder-2
            quantized/t5.gguf                 | a T5 text encoder of llama.cpp, 48 wide                  | --text-encoder-2
            dev/clip                          | a CLIP for images of 64 pixels in patches of 16          | --verifier, --held-out
            siglip/fixed                      | a SigLIP for images of 20 pixels                         | --verifier, --held-out
            """)
    void modelsAreNamedWithTheirUse(String path, String what, String use) {
        Inspection found = only(GOLDENS.resolve(path));
        assertThat(found.problems()).isEmpty();
        assertThat(found.what()).isEqualTo(what);
        assertThat(found.use()).isEqualTo(use);
        assertThat(found.values()).isPositive();
        assertThat(found.memory(2)).isEqualTo(2 * found.values());
    }

    @Test
    void sizesAreThoseOfTheFormatsInTheFile() {
        Inspection found = only(GOLDENS.resolve("quantized/t5.gguf"));
        assertThat(found.stored()).containsOnlyKeys("BF16", "F32");
        try (Checkpoint checkpoint = Checkpoint.open(GOLDENS.resolve("quantized/t5.gguf"))) {
            long bytes = checkpoint.tensors().values().stream()
                    .mapToLong(StoredTensor::storedBytes)
                    .sum();
            assertThat(found.stored().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(bytes);
        }
    }

    @Test
    void aPipelineIsItsParts() {
        List<Inspection> found = Inspector.inspect(PIPELINE);
        assertThat(found)
                .extracting(Inspection::what)
                .contains("a pipeline, FluxPipeline", "FlowMatchEulerDiscreteScheduler");
        // It comes without tokenizers.
        assertThat(found)
                .filteredOn(part -> !part.usable())
                .singleElement()
                .satisfies(part ->
                        assertThat(part.problems()).singleElement().asString().contains("holds no CLIP tokenizer"));
    }

    @Test
    void everyModelOfAnAllInOneFileIsFound() throws IOException {
        List<StoredTensor> all = new ArrayList<>();
        Path file = folder.resolve("all.safetensors");
        try (Checkpoint t5 = Checkpoint.open(PIPELINE.resolve("text_encoder_2"), "model");
                Checkpoint vae = Checkpoint.open(PIPELINE.resolve("vae"), "diffusion_pytorch_model")) {
            t5.tensors().forEach((name, tensor) -> all.add(tensor.named("text_encoders.t5xxl.transformer." + name)));
            vae.tensors().forEach((name, tensor) -> all.add(tensor.named("vae." + name)));
            SafetensorsWriter.write(file, all, Map.of());
        }
        Files.copy(PIPELINE.resolve("vae/config.json"), folder.resolve("config.json"));
        assertThat(Inspector.inspect(file))
                .allMatch(Inspection::usable)
                .extracting(Inspection::use)
                .containsExactly("--vae", "--text-encoder-2");
    }

    @Test
    void whatIsRefusedIsRefusedInTheSameWords() throws IOException {
        TorchLibraries.open(Optional.empty());
        for (String name : List.of(
                "config.json",
                "diffusion_pytorch_model.safetensors.index.json",
                "diffusion_pytorch_model-00001-of-00007.safetensors",
                "diffusion_pytorch_model-00002-of-00007.safetensors")) {
            Files.copy(PIPELINE.resolve("transformer").resolve(name), folder.resolve(name));
        }
        String said = only(folder).problems().getFirst();
        InvalidInputException thrown = catchThrowableOfType(
                InvalidInputException.class,
                () -> FluxTransformer.open(folder, Device.CPU, DType.F32).close());
        assertThat(said).isEqualTo(thrown.getMessage()).contains("which is missing");
    }

    @Test
    void aFileInPlaceOfAPartIsToBeRenamedAsThePartIsCalled() throws IOException {
        Files.createDirectories(folder.resolve("transformer"));
        Files.createDirectories(folder.resolve("vae"));
        Files.createFile(
                Files.createDirectories(folder.resolve("text_encoder_2")).resolve("t5xxl_fp16.safetensors"));
        assertThat(Inspector.inspect(folder))
                .flatExtracting(Inspection::problems)
                .anyMatch(problem -> problem.endsWith("holds no model.safetensors; t5xxl_fp16.safetensors lies there:"
                        + " rename it to model.safetensors, or name the file itself"));
    }

    @ParameterizedTest
    @CsvSource({
        "oft_unet_double_blocks_0_img_attn_proj.oft_blocks, OFT",
        "lycoris_double_blocks_0_img_attn_proj.oft_diag, OFT"
    })
    void whatALoraMayNotBeIsNamed(String key, String kind) {
        Path file = folder.resolve("lora.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(PIPELINE.resolve("vae"), "diffusion_pytorch_model")) {
            SafetensorsWriter.write(
                    file, List.of(checkpoint.tensor("decoder.conv_in.bias").named(key)), Map.of());
        }
        assertThat(only(file).problems()).singleElement().asString().contains(kind);
    }

    @Test
    void nothingIsThrownForWhatIsNoModel() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "not a model");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Path absent = folder.resolve("absent.safetensors");
        for (Path path : List.of(text, empty, absent)) {
            assertThat(only(path).problems()).singleElement().asString().startsWith(path.toString());
        }
    }

    private static Inspection only(Path path) {
        List<Inspection> found = Inspector.inspect(path);
        assertThat(found).as("%s", path).hasSize(1);
        return found.getFirst();
    }
}
