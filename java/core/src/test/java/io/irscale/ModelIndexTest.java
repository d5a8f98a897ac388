package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipelines and parts by the names that {@code model_index.json} gives them. */
class ModelIndexTest {
    @TempDir
    private Path model;

    private List<String> check(String json) throws IOException {
        return check(json, ModelFiles.of(model));
    }

    private List<String> check(String json, ModelFiles options) throws IOException {
        Files.writeString(model.resolve(ModelIndex.FILE), json);
        return ModelIndex.check(options);
    }

    private ModelFiles with(String option) {
        ModelFiles plain = ModelFiles.of(model);
        return switch (option) {
            case "transformer" -> plain.withTransformer(Path.of("flux1-dev.safetensors"));
            case "vae" -> plain.withVae(Path.of("ae.safetensors"));
            default -> throw new IllegalArgumentException(option);
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"_class_name": "StableDiffusion3Pipeline"}     | _class_name is StableDiffusion3Pipeline, expected FluxPipeline
            {"_class_name": "Flux2Pipeline"}                | _class_name is Flux2Pipeline, expected FluxPipeline
            {"_class_name": "ChromaPipeline"}               | _class_name is ChromaPipeline, expected FluxPipeline
            {"_class_name": "FluxFillPipeline"}             | _class_name is FluxFillPipeline, which needs an image and a mask, expected FluxPipeline, which draws from text alone
            {"_class_name": "FluxControlPipeline"}          | _class_name is FluxControlPipeline, which needs a control image (Canny or Depth), expected FluxPipeline, which draws from text alone
            {"_class_name": "FluxControlNetPipeline"}       | _class_name is FluxControlNetPipeline, which needs a control image and a ControlNet, expected FluxPipeline, which draws from text alone
            {"_class_name": "FluxPriorReduxPipeline"}       | _class_name is FluxPriorReduxPipeline, which needs an image, and has no transformer (Redux), expected FluxPipeline, which draws from text alone
            {"_class_name": ["FluxPipeline"]}               | _class_name is ["FluxPipeline"], expected a text
            {"scheduler": ["diffusers", "DPMSolverMultistepScheduler"]} | scheduler is DPMSolverMultistepScheduler, expected FlowMatchEulerDiscreteScheduler
            {"text_encoder": ["transformers", "T5EncoderModel"]}        | text_encoder is T5EncoderModel, expected CLIPTextModel or CLIPModel
            {"text_encoder_2": ["transformers", "UMT5EncoderModel"]}    | text_encoder_2 is UMT5EncoderModel, expected T5EncoderModel
            {"transformer": ["diffusers", "SD3Transformer2DModel"]}     | transformer is SD3Transformer2DModel, expected FluxTransformer2DModel
            {"vae": ["diffusers", "AutoencoderKLWan"]}                  | vae is AutoencoderKLWan, expected AutoencoderKL
            {"vae": ["diffusers", 7]}                                   | vae is ["diffusers",7], expected a list of texts
            """)
    void othersAreRefusedByName(String json, String complaint) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> check(json))
                .withMessage(model.resolve(ModelIndex.FILE) + ": " + complaint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"_class_name\": \"FluxPipeline\", \"image_encoder\": [null, null], \"text_encoder\": [null, null]}",
                "{\"_class_name\": \"FluxImg2ImgPipeline\"}",
                "{\"_class_name\": \"FluxInpaintPipeline\"}",
                "{\"text_encoder\": [\"transformers\", \"CLIPTextModelWithProjection\"]}",
                "{\"text_encoder\": [\"transformers\", \"CLIPModel\"]}",
                "{\"text_encoder_2\": [\"transformers\", \"T5ForConditionalGeneration\"]}",
                "{\"text_encoder_2\": [\"transformers\", \"MT5EncoderModel\"], \"vae\": null}"
            })
    void whatDrawsFromTextIsAccepted(String json) throws IOException {
        assertThat(check(json)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"FluxKontextPipeline", "FluxKontextInpaintPipeline"})
    void editorsDrawFromTextWithAWarning(String name) throws IOException {
        assertThat(check("{\"_class_name\": \"%s\"}".formatted(name)))
                .containsExactly(model.resolve(ModelIndex.FILE) + ": " + name
                        + " edits images; here it draws from text alone, as it does without an image");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"_class_name": "FluxFillPipeline"}                     | transformer
            {"_class_name": "FluxKontextPipeline"}                  | transformer
            {"transformer": ["nunchaku", "NunchakuTransformer"]}    | transformer
            {"vae": ["diffusers", "AutoencoderTiny"]}               | vae
            """)
    void whatAnOptionReplacesDoesNotMatter(String json, String option) throws IOException {
        assertThat(check(json, with(option))).isEmpty();
    }

    @Test
    void aFolderWithoutAnIndexIsAccepted() {
        assertThat(ModelIndex.check(ModelFiles.of(model))).isEmpty();
    }
}
