package io.irscale;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.decode.VaeConfig;
import io.irscale.denoise.FluxConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.ModelClass;
import io.irscale.text.ClipConfig;
import io.irscale.text.T5Config;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a part's {@code config.json} says of itself decides whether it is read. */
class ComponentClassTest {
    private static final Path FILE = Path.of("config.json");

    private static void require(String part, String json) {
        ModelClass expected = switch (part) {
            case "clip" -> ClipConfig.CLASS;
            case "t5" -> T5Config.CLASS;
            case "transformer" -> FluxConfig.CLASS;
            case "vae" -> VaeConfig.CLASS;
            default -> throw new IllegalArgumentException(part);
        };
        expected.require(JsonConfig.parse(FILE, "configuration", json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            t5          | {"architectures": ["UMT5EncoderModel"], "model_type": "umt5"} | architectures is [UMT5EncoderModel], expected T5EncoderModel
            t5          | {"architectures": ["CLIPTextModel"]}                          | architectures is [CLIPTextModel], expected T5EncoderModel
            t5          | {"architectures": ["T5GemmaModel"]}                           | architectures is [T5GemmaModel], expected T5EncoderModel
            t5          | {"model_type": "umt5"}                                        | model_type is umt5, expected T5EncoderModel's
            clip        | {"architectures": ["T5EncoderModel"], "model_type": "t5"}     | architectures is [T5EncoderModel], expected CLIPTextModel or CLIPModel
            clip        | {"architectures": ["SiglipTextModel"]}                        | architectures is [SiglipTextModel], expected CLIPTextModel or CLIPModel
            clip        | {"model_type": "clip_vision_model"}                           | model_type is clip_vision_model, expected CLIPTextModel or CLIPModel's
            transformer | {"_class_name": "SD3Transformer2DModel"}                      | _class_name is SD3Transformer2DModel, expected FluxTransformer2DModel
            transformer | {"_class_name": "Flux2Transformer2DModel"}                    | _class_name is Flux2Transformer2DModel, expected FluxTransformer2DModel
            vae         | {"_class_name": "AutoencoderKLWan"}                           | _class_name is AutoencoderKLWan, expected AutoencoderKL
            """)
    void othersAreRefusedByName(String part, String json, String complaint) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> require(part, json))
                .withMessage(FILE + ": " + complaint);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            t5          | {}
            t5          | {"architectures": null, "model_type": "t5"}
            t5          | {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5"}
            t5          | {"architectures": ["T5WithLMHeadModel"], "model_type": "t5"}
            t5          | {"architectures": ["MT5EncoderModel"], "model_type": "mt5"}
            clip        | {}
            clip        | {"architectures": ["CLIPTextModel"], "model_type": "clip_text_model"}
            clip        | {"architectures": ["CLIPTextModelWithProjection"], "model_type": "clip_text_model"}
            clip        | {"architectures": ["CLIPModel"], "model_type": "clip"}
            transformer | {}
            transformer | {"_class_name": "FluxTransformer2DModel"}
            vae         | {}
            vae         | {"_class_name": "AutoencoderKL"}
            """)
    void itsOwnAndThoseThatSayNothingAreRead(String part, String json) {
        assertThatCode(() -> require(part, json)).doesNotThrowAnyException();
    }
}
