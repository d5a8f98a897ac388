package io.irscale.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraSpecTest {
    @ParameterizedTest
    @CsvSource({
        "a.safetensors, a.safetensors, 1",
        "a.safetensors:0.5, a.safetensors, 0.5",
        "a:-1e2, a, -100",
        "a:+.25, a, 0.25",
        "a:0, a, 0",
        "a:100, a, 100",
        "dir:b/a.safetensors, dir:b/a.safetensors, 1",
        "dir:b/a.safetensors:2, dir:b/a.safetensors, 2",
        "a:, a:, 1",
        "a:half, a:half, 1",
        "a:1f, a:1f, 1",
        "2.5, 2.5, 1",
    })
    void readsFileAndScale(String text, String file, double scale) {
        assertThat(LoraSpec.parse(text)).isEqualTo(new LoraSpec(Path.of(file), scale));
    }

    @ParameterizedTest
    @CsvSource({
        "a:nan, NaN",
        "a:NaN, NaN",
        "a:inf, Infinity",
        "a:-Infinity, -Infinity",
        "a:1e9, 1.0E9",
        "a:1e999, Infinity",
        "a:-100.1, -100.1",
    })
    void refusesOtherScales(String text, String scale) {
        assertThatThrownBy(() -> LoraSpec.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("LoRA a: scale is " + scale + ", expected a number from -100.0 to 100.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ":0.5", "a\0b"})
    void refusesWhatNamesNoFile(String text) {
        assertThatThrownBy(() -> LoraSpec.parse(text)).isInstanceOf(InvalidInputException.class);
    }
}
