package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FLUX.1's transformers by their published configurations. */
class FluxVariantTest {
    private static final Path FILE = Path.of("transformer", "config.json");

    private static FluxConfig config(String json) {
        return FluxConfig.of(JsonConfig.parse(FILE, "configuration", json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                                      | FLUX.1-schnell
            {"guidance_embeds": true}                                               | FLUX.1-dev, Kontext or Krea
            {"in_channels": 384, "out_channels": 64, "guidance_embeds": true}       | FLUX.1-Fill
            {"in_channels": 128, "out_channels": 64, "guidance_embeds": true}       | FLUX.1-Canny or Depth
            {"in_channels": 96, "out_channels": 64, "guidance_embeds": true}        | a FLUX transformer of other sizes
            {"in_channels": 384, "guidance_embeds": true}                           | a FLUX transformer of other sizes
            {"num_layers": 8, "guidance_embeds": true}                              | a FLUX transformer of other sizes
            {"axes_dims_rope": [32, 48, 48], "guidance_embeds": true}               | a FLUX transformer of other sizes
            """)
    void sizesTellTheVariant(String json, String name) {
        assertThat(FluxVariant.name(config(json))).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"384, FLUX.1-Fill", "128, FLUX.1-Canny or Depth", "80, a FLUX transformer of other sizes"})
    void transformersThatTakeAnImageAreRefused(int inChannels, String name) {
        FluxConfig config = config("{\"in_channels\": %d, \"out_channels\": 64}".formatted(inChannels));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> FluxVariant.requireDrawsFromText(Path.of("fill"), config))
                .withMessage("fill: transformer (" + name + ") has in_channels " + inChannels + " and out_channels 64,"
                        + " expected equal ones: Fill, Canny and Depth models need an image, and images are drawn from text"
                        + " alone");
    }

    @Test
    void transformersThatDrawFromTextAreNot() {
        assertThatCode(() -> FluxVariant.requireDrawsFromText(Path.of("dev"), FluxConfig.DEV))
                .doesNotThrowAnyException();
    }
}
