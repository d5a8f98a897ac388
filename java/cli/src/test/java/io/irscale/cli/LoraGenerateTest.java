package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.LoraMode;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraSpec;
import io.irscale.report.PngImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images of the golden pipeline with its golden LoRAs. */
final class LoraGenerateTest {
    @TempDir
    private Path folder = Path.of("");

    private int runs;

    @Test
    void aLoraChangesTheImageTheSameMergedAndUnmerged() {
        int[] plain = draw();
        int[] merged = draw("--lora", LoraFixture.A);
        assertThat(difference(plain, merged)).isGreaterThan(20);
        assertThat(difference(merged, draw("--lora", LoraFixture.A, "--lora-mode", "unmerged")))
                .isLessThanOrEqualTo(1);
        int[] negative = draw("--lora", LoraFixture.A + ":-1");
        assertThat(difference(negative, plain)).isGreaterThan(20);
        assertThat(difference(negative, merged)).isGreaterThan(20);
        assertThat(draw("--lora", LoraFixture.A + ":0")).isEqualTo(plain);
    }

    @Test
    void twoLorasAddUpInEitherMode() {
        int[] both = draw("--lora", LoraFixture.A + ":0.7", "--lora", LoraFixture.B + ":1.3");
        assertThat(difference(both, draw("--lora", LoraFixture.A + ":0.7"))).isGreaterThan(5);
        assertThat(difference(
                        both,
                        draw(
                                "--lora",
                                LoraFixture.A + ":0.7",
                                "--lora",
                                LoraFixture.B + ":1.3",
                                "--lora-mode",
                                "unmerged")))
                .isLessThanOrEqualTo(1);
    }

    @Test
    void aRunTellsWhatItsLorasDid() {
        Path partial = LoraFixture.ofA()
                .fill("transformer.no_such.lora_A.weight", 1, 1, 1)
                .write(folder.resolve("partial.safetensors"));
        Cli done = run("--lora", LoraFixture.B + ":0.5", "--lora", partial);
        assertThat(done.complaints())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("irscale: LoRA " + LoraFixture.B + " at scale 0.5: diffusers format")
                        .endsWith("changes 12 layers of the transformer and 0 of CLIP"))
                .anySatisfy(line -> assertThat(line)
                        .contains("44 layers of the transformer", "1 of 89 keys have no effect")
                        .contains("'transformer.no_such.lora_A.weight' (the model has no such linear layer)"));
        JsonNode report = new JsonMapper().readTree(last().resolve("run.json").toFile());
        assertThat(report.at("/lora_mode").asString()).isEqualTo("merged");
        assertThat(report.at("/lora_ms").asDouble()).isPositive();
        JsonNode first = report.at("/loras/0");
        assertThat(first.at("/file").asString()).isEqualTo(LoraFixture.B.toString());
        assertThat(first.at("/scale").asDouble()).isEqualTo(0.5);
        assertThat(first.at("/format").asString()).isEqualTo("diffusers");
        assertThat(first.at("/sha256").asString())
                .isEqualTo("e80b662b540f861dc8e0ace97eacbdfa5e6a4222d2cc1dae2c5690e27ebbc2b2");
        assertThat(first.at("/transformer_layers").asInt()).isEqualTo(12);
        assertThat(first.at("/clip_layers").asInt()).isZero();
        assertThat(first.at("/matched").asInt()).isEqualTo(24);
        assertThat(first.at("/unmatched").isEmpty()).isTrue();
        assertThat(report.at("/loras/1/unmatched").toString())
                .isEqualTo("{\"transformer.no_such.lora_A.weight\":\"the model has no such linear layer\"}");
        assertThat(PngImage.read(last().resolve("000-seed3.png")).texts().get("loras"))
                .startsWith("pytorch_lora_weights.safetensors:0.5 sha256:"
                        + first.at("/sha256").asString().substring(0, 12))
                .contains(", partial.safetensors:1.0 sha256:");
    }

    @Test
    void clipLayersChangeThePromptsEncoding() {
        Path clip = folder.resolve("clip.safetensors");
        LoraFixture fixture = new LoraFixture();
        for (int layer = 0; layer < 3; layer++) {
            String name = "lora_te1_text_model_encoder_layers_" + layer + "_self_attn_v_proj";
            float[] down = new float[40];
            float[] up = new float[40];
            for (int i = 0; i < 40; i++) {
                down[i] = (i * 7 % 11 - 5) / 2F;
                up[i] = (i * 5 % 13 - 6) / 2F;
            }
            fixture.put(name + ".lora_down.weight", down, 1, 40).put(name + ".lora_up.weight", up, 40, 1);
        }
        fixture.write(clip);
        int[] changed = draw("--lora", clip);
        assertThat(difference(changed, draw())).isGreaterThan(1);
        assertThat(draw("--lora", clip, "--lora-mode", "unmerged")).isEqualTo(changed);
    }

    @Test
    void afterARefusedLoraTheNextImageIsTheSameAsBefore() {
        Path nan = LoraFixture.ofA()
                .fill("transformer.proj_out.lora_B.weight", Float.NaN, 16, 4)
                .write(folder.resolve("nan.safetensors"));
        EngineOptions options = EngineOptions.of(Cli.PIPELINE).withTokenizers(Cli.tokenizers());
        GenerateRequest request =
                GenerateRequest.of("a road").withSize(64, 64).withSteps(1).withMaxSequenceLength(32);
        try (Engine engine = Engine.open(options)) {
            float[] plain = engine.best(request).values();
            List<LoraSpec> bad = List.of(new LoraSpec(LoraFixture.A, 1), new LoraSpec(nan, 1));
            for (LoraMode mode : LoraMode.values()) {
                assertThatThrownBy(() -> engine.loras(bad, mode, false))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("nan.safetensors")
                        .hasMessageContaining("proj_out");
                assertThat(engine.best(request).values()).isEqualTo(plain);
            }
            engine.loras(List.of(new LoraSpec(LoraFixture.A, 1)), LoraMode.MERGED, true);
            assertThat(engine.best(request).values()).isNotEqualTo(plain);
            engine.loras(List.of(), LoraMode.MERGED, false);
            assertThat(engine.best(request).values()).isEqualTo(plain);
        }
    }

    private int[] draw(Object... more) {
        Cli done = run(more);
        assertThat(done.code()).as(done.err()).isEqualTo(ExitCode.OK);
        return PngImage.read(last().resolve("000-seed3.png")).samples();
    }

    private Cli run(Object... more) {
        runs++;
        List<Object> arguments = new ArrayList<>(
                List.of("generate", "--model", Cli.PIPELINE, "--tokenizers", Cli.tokenizers(), "--out", last()));
        arguments.addAll(List.of("--prompt", "a road at night", "--seed", 3, "--steps", 2));
        arguments.addAll(List.of("--height", 64, "--width", 64, "--max-sequence-length", 32));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray());
    }

    private Path last() {
        return folder.resolve("run" + runs);
    }

    private static int difference(int[] a, int[] b) {
        assertThat(a).hasSameSizeAs(b);
        return IntStream.range(0, a.length)
                .map(i -> Math.abs(a[i] - b[i]))
                .max()
                .orElseThrow();
    }
}
