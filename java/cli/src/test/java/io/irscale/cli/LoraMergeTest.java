package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.report.PngImage;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is written is what {@code generate --lora} computes with. */
final class LoraMergeTest {
    @TempDir
    private Path folder = Path.of("");

    private int runs;

    @Test
    void mergedBf16FilesDrawTheSameImage() throws IOException {
        Path clip = clipLora();
        Object[] loras = {"--lora", LoraFixture.A + ":0.7", "--lora", LoraFixture.B + ":-1.3", "--lora", clip};
        Path merged = merge(Cli.PIPELINE, loras);
        int[] expected = draw(Cli.PIPELINE, DType.BF16, loras);
        assertThat(draw(merged, DType.BF16)).isEqualTo(expected);
        assertThat(draw(Cli.PIPELINE, DType.BF16)).isNotEqualTo(expected);
        for (String model : List.of("transformer/diffusion_pytorch_model", "text_encoder/model")) {
            try (Checkpoint checkpoint = Checkpoint.open(merged.resolve(model + ".safetensors"))) {
                assertThat(checkpoint.tensors().values())
                        .allSatisfy(tensor -> assertThat(tensor.dtype()).isEqualTo(DType.BF16));
                JsonNode note = new JsonMapper().readTree(checkpoint.metadata().getOrDefault("irscale_loras", "none"));
                assertThat(note.size()).isEqualTo(3);
                assertThat(note.at("/1/scale").asDouble()).isEqualTo(-1.3);
                assertThat(note.at("/2/file").asString()).isEqualTo("clip.safetensors");
                assertThat(note.at("/2/sha256").asString()).hasSize(64);
            }
        }
    }

    @Test
    void mergedFp32FilesDrawTheSameImage() throws IOException {
        Path model = folder.resolve("fp32");
        BrokenPipeline.copyTo(model);
        Path transformer = folder.resolve("transformer-fp32");
        Files.createDirectories(transformer);
        Files.copy(Cli.PIPELINE.resolve("transformer/config.json"), transformer.resolve("config.json"));
        toFp32(Cli.PIPELINE.resolve("transformer"), transformer.resolve("diffusion_pytorch_model.safetensors"));
        Files.writeString(model.resolve("LICENSE.md"), "theirs");
        Files.writeString(model.resolve("flux1-dev.safetensors"), "another copy");
        Files.createDirectories(model.resolve(".cache"));
        Files.writeString(model.resolve(".cache/file"), "hidden");

        Object[] options = {"--transformer", transformer, "--lora", LoraFixture.A};
        Path merged = merge(model, options);
        assertThat(draw(merged, DType.F32)).isEqualTo(draw(model, DType.F32, options));
        try (Stream<Path> files = Files.list(merged)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "LICENSE.md",
                            "model_index.json",
                            "scheduler",
                            "text_encoder",
                            "text_encoder_2",
                            "transformer",
                            "vae");
        }
        // CLIP is not touched by this LoRA.
        assertThat(merged.resolve("text_encoder/model.safetensors"))
                .hasSameBinaryContentAs(model.resolve("text_encoder/model.safetensors"));
        assertThat(merged.resolve("LICENSE.md")).hasContent("theirs");
    }

    @Test
    void aConvertedKohyaFileDrawsTheSameImage() {
        Path kohya = LoraFixture.kohyaOfA().write(folder.resolve("kohya.safetensors"));
        Path converted = folder.resolve("converted.safetensors");
        Cli done = Cli.run("lora", "convert", kohya, "--model", Cli.PIPELINE, "--out", converted, "--strict");
        assertThat(done.err()).isEmpty();
        assertThat(done.out()).contains("44 layers, from kohya to diffusers format");
        int[] fromKohya = draw(Cli.PIPELINE, DType.F32, "--lora", kohya);
        assertThat(draw(Cli.PIPELINE, DType.F32, "--lora", converted)).isEqualTo(fromKohya);
        int[] golden = draw(Cli.PIPELINE, DType.F32, "--lora", LoraFixture.A);
        assertThat(IntStream.range(0, golden.length).map(i -> Math.abs(golden[i] - fromKohya[i])))
                .allMatch(difference -> difference <= 1);
        assertThat(Cli.run("lora", "inspect", converted, "--model", Cli.PIPELINE)
                        .out())
                .containsPattern("(?m)^format +diffusers$")
                .containsPattern("(?m)^alpha/rank +2.0 \\(44 layers\\)$");
    }

    private Path clipLora() {
        String name = "text_encoder.text_model.encoder.layers.1.mlp.fc1";
        float[] a = new float[40];
        float[] b = new float[96];
        IntStream.range(0, a.length).forEach(i -> a[i] = (i * 7 % 11 - 5) / 2F);
        IntStream.range(0, b.length).forEach(i -> b[i] = (i * 5 % 13 - 6) / 2F);
        return new LoraFixture()
                .put(name + ".lora_A.weight", a, 1, 40)
                .put(name + ".lora_B.weight", b, 96, 1)
                .write(folder.resolve("clip.safetensors"));
    }

    private Path merge(Path model, Object... more) {
        Path out = folder.resolve("merged");
        List<Object> arguments = new ArrayList<>(List.of("lora", "merge", "--model", model, "--out", out));
        arguments.addAll(List.of(more));
        Cli done = Cli.run(arguments.toArray());
        assertThat(done.err()).isEmpty();
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        assertThat(done.out()).contains("44 layers of the transformer");
        return out;
    }

    private int[] draw(Path model, DType dtype, Object... more) {
        Path out = folder.resolve("run" + runs++);
        List<Object> arguments =
                new ArrayList<>(List.of("generate", "--model", model, "--tokenizers", Cli.tokenizers(), "--out", out));
        arguments.addAll(List.of("--dtype", Converters.name(dtype), "--prompt", "a road", "--steps", 2));
        arguments.addAll(List.of("--height", 64, "--width", 64, "--max-sequence-length", 32));
        arguments.addAll(List.of(more));
        Cli done = Cli.run(arguments.toArray());
        assertThat(done.code()).as(done.err()).isEqualTo(ExitCode.OK);
        return PngImage.read(out.resolve("000-seed0.png")).samples();
    }

    private static void toFp32(Path from, Path to) {
        try (Checkpoint checkpoint = Checkpoint.open(from, "diffusion_pytorch_model")) {
            List<StoredTensor> tensors = checkpoint.tensors().values().stream()
                    .map(tensor -> {
                        short[] bf16 = tensor.data().toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
                        ByteBuffer fp32 =
                                ByteBuffer.allocate(bf16.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                        for (short value : bf16) {
                            fp32.putInt(value << 16);
                        }
                        MemorySegment data = MemorySegment.ofArray(fp32.array());
                        return new StoredTensor(tensor.name(), DType.F32, tensor.shape(), data, to);
                    })
                    .toList();
            SafetensorsWriter.write(to, tensors, Map.of());
        }
    }
}
