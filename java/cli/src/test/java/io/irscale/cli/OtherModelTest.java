package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders whose files say that they are another model: one line with its name, or a warning and an image. */
final class OtherModelTest {
    private static final List<String> PARTS =
            List.of("text_encoder", "text_encoder_2", "vae", "transformer", "scheduler");

    @TempDir
    private Path folder;

    private Path model = Path.of("");

    @BeforeEach
    void copyThePipeline() throws IOException {
        model = Files.createDirectory(folder.resolve("model"));
        for (String part : PARTS) {
            Path copy = Files.createDirectory(model.resolve(part));
            try (var files = Files.list(Cli.PIPELINE.resolve(part))) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }
        }
    }

    private void replace(String file, String json) throws IOException {
        Files.writeString(model.resolve(file), json);
    }

    private Cli generate() {
        return Cli.run(
                "generate",
                "--model",
                model,
                "--tokenizers",
                Cli.tokenizers(),
                "--prompt",
                "a road",
                "--steps",
                2,
                "--height",
                64,
                "--width",
                64,
                "--out",
                folder.resolve("out"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            model_index.json                | {"_class_name": "StableDiffusion3Pipeline"}            | _class_name is StableDiffusion3Pipeline, expected FluxPipeline
            model_index.json                | {"_class_name": "FluxFillPipeline"}                    | FluxFillPipeline, which needs an image and a mask
            scheduler/scheduler_config.json | {"_class_name": "UniPCMultistepScheduler"}             | _class_name is UniPCMultistepScheduler, expected FlowMatchEulerDiscreteScheduler
            text_encoder/config.json        | {"architectures": ["SiglipTextModel"]}                 | architectures is [SiglipTextModel], expected CLIPTextModel
            text_encoder_2/config.json      | {"model_type": "umt5"}                                 | model_type is umt5, expected T5EncoderModel
            transformer/config.json         | {"_class_name": "SD3Transformer2DModel"}               | _class_name is SD3Transformer2DModel, expected FluxTransformer2DModel
            transformer/config.json         | {"in_channels": 384, "out_channels": 64}               | has in_channels 384 and out_channels 64, expected equal ones: Fill, Canny and Depth models need an image
            vae/config.json                 | {"_class_name": "AutoencoderKLWan"}                    | _class_name is AutoencoderKLWan, expected AutoencoderKL
            """)
    void isRefusedByName(String file, String json, String message) throws IOException {
        replace(file, json);
        Cli.assertRefused(generate(), message);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void kontextDrawsWithAWarning() throws IOException {
        replace("model_index.json", "{\"_class_name\": \"FluxKontextPipeline\"}");
        Cli done = generate();
        assertThat(done.code()).isZero();
        assertThat(done.err().lines())
                .filteredOn(line -> line.startsWith("irscale: warning: "))
                .containsExactly(
                        "irscale: warning: " + model.resolve("model_index.json")
                                + ": FluxKontextPipeline edits images; here it draws from text alone, as it does without an image");
    }
}
