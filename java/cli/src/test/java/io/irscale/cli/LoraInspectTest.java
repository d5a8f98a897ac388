package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.report.PngImage;
import io.irscale.tensor.Checkpoint;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LoraInspectTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void countsAndNormsOfTheGoldenLora() {
        Path json = folder.resolve("lora.json");
        Cli done = Cli.run("lora", "inspect", LoraFixture.A, "--model", Cli.PIPELINE, "--json", json);
        assertThat(done.err()).isEmpty();
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        assertThat(done.out())
                .containsPattern("(?m)^format +diffusers$")
                .containsPattern("(?m)^layers +44 of the transformer, 0 of CLIP$")
                .containsPattern("(?m)^rank +4 \\(44 layers\\)$")
                .containsPattern("(?m)^alpha/rank +2.0 \\(44 layers\\)$")
                .containsPattern("(?m)^keys +88 matched, 0 unmatched$")
                .containsPattern("(?m)^ +2  single_transformer_blocks\\.\\*\\.proj_mlp$")
                .containsPattern("(?m)^  transformer_blocks\\.1 +14 layers +[0-9.]+  █+$");
        JsonNode root = new JsonMapper().readTree(json.toFile());
        assertThat(root.at("/ranks/4").asInt()).isEqualTo(44);
        assertThat(root.at("/scales/2.0").asInt()).isEqualTo(44);
        assertThat(root.at("/matched").size()).isEqualTo(88);
        assertThat(root.at("/unmatched").isEmpty()).isTrue();
        assertNorms(root, LoraFixture.A_SCALE);
    }

    @Test
    void theChartIsDrawnOrTheMissingFontsAreNamed() {
        Path plot = folder.resolve("lora.png");
        Cli done = Cli.run("lora", "inspect", LoraFixture.A, "--model", Cli.PIPELINE, "--plot", plot);
        if (done.code() == ExitCode.FAILED) {
            assertThat(done.err().lines()).singleElement().asString().contains("--plot " + plot, "fontconfig");
            assertThat(plot).doesNotExist();
            return;
        }
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        PngImage image = PngImage.read(plot);
        assertThat(image.width()).isEqualTo(640);
        assertThat(image.height()).isEqualTo(600);
        // Background, bars, grid, and the shades of text.
        assertThat(Arrays.stream(image.samples()).distinct().count()).isGreaterThan(10);
    }

    @Test
    void unmatchedKeysHaveReasonsAndAlphaCounts() {
        Path file = LoraFixture.kohyaOfA()
                .fill("lora_te1_text_model_encoder_layers_11_mlp_fc2.lora_down.weight", 1, 1, 1)
                .write(folder.resolve("kohya.safetensors"));
        Path json = folder.resolve("lora.json");
        Cli done = Cli.run("lora", "inspect", file, "--model", Cli.PIPELINE, "--json", json);
        assertThat(done.out())
                .containsPattern("(?m)^format +kohya$")
                .containsPattern("(?m)^rank +4 \\(24 layers\\), 12 \\(12 layers\\), 16 \\(8 layers\\)$")
                .containsPattern("(?m)^keys +90 matched, 1 unmatched$")
                .containsPattern("(?m)^  lora_te1_\\S+fc2.lora_down.weight: the model has no such linear layer$");
        // A fused layer of block-diagonal factors changes its parts as they would alone.
        assertNorms(new JsonMapper().readTree(json.toFile()), LoraFixture.A_SCALE);
    }

    @Test
    void withoutAModelTheSizesAreFluxDevs() {
        String layer = "transformer.single_transformer_blocks.37.proj_out";
        String clip = "text_encoder.text_model.encoder.layers.11.mlp.fc1";
        Path file = new LoraFixture()
                .fill(layer + ".lora_A.weight", 1, 2, 15360)
                .fill(layer + ".lora_B.weight", 0.5F, 3072, 2)
                .fill(clip + ".lora_A.weight", 0, 3, 768)
                .fill(clip + ".lora_B.weight", 1, 3072, 3)
                .write(folder.resolve("dev.safetensors"));
        Cli done = Cli.run("lora", "inspect", file);
        assertThat(done.out())
                .containsPattern("(?m)^layers +1 of the transformer, 1 of CLIP$")
                // All elements of B A are 1.
                .containsPattern("(?m)^  single_transformer_blocks\\.37 +1 layers +6869  █+$")
                .containsPattern("(?m)^  text_encoder.encoder.layers.11 +1 layers +0\\.000$");
        assertThat(Cli.run("lora", "inspect", LoraFixture.B).err())
                .contains("transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight", "3072");
    }

    /** Against B A formed in full. */
    private static void assertNorms(JsonNode root, double scale) {
        Map<String, Double> blocks = new TreeMap<>();
        for (JsonNode layer : root.at("/layers")) {
            String name = layer.at("/name").asString();
            double squares = scale * scale * squares("transformer." + name);
            assertThat(layer.at("/norm").asDouble()).as(name).isCloseTo(Math.sqrt(squares), within(1e-9));
            String block = name.replaceFirst("(blocks\\.\\d+)\\..*", "$1");
            blocks.merge(block, squares, Double::sum);
        }
        assertThat(root.at("/layers").size()).isEqualTo(44);
        assertThat(root.at("/blocks").size()).isEqualTo(blocks.size()).isEqualTo(8);
        for (JsonNode block : root.at("/blocks")) {
            double squares = blocks.getOrDefault(block.at("/name").asString(), Double.NaN);
            assertThat(block.at("/norm").asDouble()).isCloseTo(Math.sqrt(squares), within(1e-9));
        }
    }

    private static double squares(String layer) {
        try (Checkpoint checkpoint = Checkpoint.open(LoraFixture.A)) {
            float[] a = LoraFixture.floats(checkpoint.tensor(layer + ".lora_A.weight"));
            float[] b = LoraFixture.floats(checkpoint.tensor(layer + ".lora_B.weight"));
            int rank = 4;
            int in = a.length / rank;
            double sum = 0;
            for (int row = 0; row < b.length / rank; row++) {
                for (int column = 0; column < in; column++) {
                    double product = 0;
                    for (int k = 0; k < rank; k++) {
                        product += (double) b[row * rank + k] * a[k * in + column];
                    }
                    sum += product * product;
                }
            }
            return sum;
        }
    }
}
