package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final Path PIPELINE = Path.of("src/test/goldens/dev/pipeline");

    @TempDir
    private Path folder;

    @Test
    void joinsShards() {
        try (Checkpoint checkpoint = Checkpoint.open(PIPELINE.resolve("transformer"), "diffusion_pytorch_model")) {
            assertThat(checkpoint.tensors()).hasSize(112);
            assertThat(checkpoint.metadata()).containsEntry("format", "pt");
            StoredTensor last = checkpoint.tensor("proj_out.weight");
            assertThat(last.shape()).containsExactly(16L, 64L);
            assertThat(last.dtype()).isEqualTo(DType.BF16);
            assertThat(last.file()).hasFileName("diffusion_pytorch_model-00007-of-00007.safetensors");
        }
    }

    @Test
    void takesTheFirstBaseNameThatIsThere() {
        try (Checkpoint checkpoint = Checkpoint.open(PIPELINE.resolve("vae"), "model", "diffusion_pytorch_model")) {
            assertThat(checkpoint.tensors()).hasSize(244).containsKey("decoder.conv_in.weight");
        }
    }

    @Test
    void endsItsTensorsWhenItCloses() {
        Checkpoint checkpoint = Checkpoint.open(PIPELINE.resolve("vae"), "diffusion_pytorch_model");
        StoredTensor tensor = checkpoint.tensor("decoder.conv_in.bias");
        assertThat(tensor.data().byteSize()).isEqualTo(128);
        checkpoint.close();
        assertThatThrownBy(tensor::data)
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("decoder.conv_in.bias");
        assertThatThrownBy(() -> checkpoint.tensor("decoder.conv_in.bias")).isInstanceOf(ClosedException.class);
        assertThatThrownBy(checkpoint::tensors).isInstanceOf(ClosedException.class);
        assertThatThrownBy(checkpoint::metadata).isInstanceOf(ClosedException.class);
        assertThatThrownBy(checkpoint::close)
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void namesAMissingShard() throws IOException {
        copyShards();
        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        refuses("names the shard 'model-00002-of-00002.safetensors', which is missing");
    }

    @Test
    void refusesATruncatedShard() throws IOException {
        copyShards();
        Path shard = folder.resolve("model-00002-of-00002.safetensors");
        byte[] bytes = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
        refuses(shard + ": has ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../model-00001-of-00002.safetensors",
                "/model-00001-of-00002.safetensors",
                "a/../model-00001-of-00002.safetensors",
                "..\\\\model-00001-of-00002.safetensors",
                "model-00001-of-00002.safetensors\\u0000",
                "model-00001-of-00002.bin",
                ""
            })
    void refusesShardNamesThatAreNotPlain(String name) throws IOException {
        copyShards();
        index("{\"weight_map\":{\"shared.weight\":\"" + name + "\"}}");
        refuses("not a plain file name");
    }

    @Test
    void refusesAnIndexThatDisagreesWithItsShards() throws IOException {
        copyShards();
        index("{\"weight_map\":{\"shared.weight\":\"model-00002-of-00002.safetensors\"}}");
        refuses("model-00002-of-00002.safetensors: does not hold tensor 'shared.weight'");
        index("{\"weight_map\":{\"shared.weight\":\"model-00001-of-00002.safetensors\","
                + "\"encoder.final_layer_norm.weight\":\"model-00001-of-00002.safetensors\"}}");
        refuses("model-00001-of-00002.safetensors: does not hold tensor 'encoder.final_layer_norm.weight'");
    }

    @Test
    void refusesATensorInTwoShards() throws IOException {
        copyShards();
        Files.copy(folder.resolve("model-00001-of-00002.safetensors"), folder.resolve("copy.safetensors"));
        index("{\"weight_map\":{\"shared.weight\":\"model-00001-of-00002.safetensors\",\"x\":\"copy.safetensors\"}}");
        refuses("copy.safetensors: holds tensor 'shared.weight', which ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"weight_map\":{}}", "{\"weight_map\":[\"a\"]}", "\u00ff"})
    void refusesABrokenIndex(String json) throws IOException {
        copyShards();
        Files.write(folder.resolve("model.safetensors.index.json"), json.getBytes(StandardCharsets.ISO_8859_1));
        refuses("model.safetensors.index.json: ");
    }

    @Test
    void refusesAFileBesideAnIndex() throws IOException {
        copyShards();
        Files.copy(folder.resolve("model-00001-of-00002.safetensors"), folder.resolve("model.safetensors"));
        refuses("holds both model.safetensors and model.safetensors.index.json");
    }

    @Test
    void loadsATensorThatTheIndexOmits() throws IOException {
        copyShards();
        index("{\"weight_map\":{\"shared.weight\":\"model-00001-of-00002.safetensors\","
                + "\"encoder.final_layer_norm.weight\":\"model-00002-of-00002.safetensors\"}}");
        try (Checkpoint checkpoint = Checkpoint.open(folder, "model")) {
            assertThat(checkpoint.tensors()).hasSize(21);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bin", "pt", "pth", "ckpt", "pkl", "CKPT"})
    void refusesPickles(String extension) throws IOException {
        Path file = Files.createFile(folder.resolve("model." + extension));
        assertThatThrownBy(() -> Checkpoint.open(file).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("convert it to safetensors");
        refuses("holds no model.safetensors, only 'model." + extension + "', a pickle");
    }

    @Test
    void refusesWhatIsNotThere() throws IOException {
        refuses("holds no model.safetensors");
        try (Checkpoint vae = Checkpoint.open(PIPELINE.resolve("vae"), "diffusion_pytorch_model")) {
            assertThatThrownBy(() -> vae.tensor("decoder.conv_in"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageEndingWith("vae: tensor 'decoder.conv_in' is missing");
        }
        Path absent = folder.resolve("absent.safetensors");
        assertThatThrownBy(() -> Checkpoint.open(absent).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(absent + ": is not a file");
        Path other = Files.createFile(folder.resolve("model.onnx"));
        assertThatThrownBy(() -> Checkpoint.open(other).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(other + ": is not named *.safetensors or *.gguf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.fp16.safetensors", "model.bf16.safetensors"})
    void readsTheOnlyVariant(String name) throws IOException {
        Path file = Files.copy(PIPELINE.resolve("text_encoder/model.safetensors"), folder.resolve(name));
        try (Checkpoint checkpoint = Checkpoint.open(folder, "model")) {
            assertThat(checkpoint.tensors().values())
                    .isNotEmpty()
                    .allMatch(tensor -> tensor.file().equals(file));
        }
        Files.copy(file, folder.resolve("model.other.safetensors"));
        refuses("holds the variants " + name + " and model.other.safetensors; name the one that is meant");
        Files.copy(file, folder.resolve("model.safetensors"));
        try (Checkpoint checkpoint = Checkpoint.open(folder, "model")) {
            assertThat(checkpoint.tensors().values())
                    .allMatch(tensor -> tensor.file().endsWith("model.safetensors"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors.index.fp16.json", "model.fp16.safetensors.index.json"})
    void readsTheShardsOfTheOnlyVariant(String name) throws IOException {
        copyShards();
        Path index = folder.resolve("model.safetensors.index.json");
        String json = Files.readString(index);
        for (String shard : List.of("-00001-of-00002", "-00002-of-00002")) {
            Files.move(
                    folder.resolve("model" + shard + ".safetensors"),
                    folder.resolve("model.fp16" + shard + ".safetensors"));
            json = json.replace("model" + shard, "model.fp16" + shard);
        }
        Files.delete(index);
        refuses("model.fp16-00001-of-00002.safetensors is a shard, whose model.safetensors.index.json is missing");
        Path variant = Files.writeString(folder.resolve(name), json);
        try (Checkpoint checkpoint = Checkpoint.open(folder, "model");
                Checkpoint named = Checkpoint.open(variant)) {
            assertThat(checkpoint.tensors()).hasSize(21);
            assertThat(named.tensors().keySet()).isEqualTo(checkpoint.tensors().keySet());
        }
    }

    @Test
    void namesAFileThatLiesInPlaceOfTheModel() throws IOException {
        Files.copy(PIPELINE.resolve("text_encoder/model.safetensors"), folder.resolve("t5xxl_fp16.safetensors"));
        refuses(
                "holds no model.safetensors; t5xxl_fp16.safetensors lies there: rename it to model.safetensors, or name");
    }

    private void copyShards() throws IOException {
        for (String name : new String[] {
            "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"
        }) {
            Files.copy(PIPELINE.resolve("text_encoder_2").resolve(name), folder.resolve(name));
        }
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private void refuses(String reason) {
        assertThatThrownBy(() -> Checkpoint.open(folder, "model").close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(reason);
    }
}
