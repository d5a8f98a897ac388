package io.irscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDefaultsTest {
    @TempDir
    Path model;

    @Test
    void aModelWithoutAnyIsSampledAsFluxDev() {
        assertThat(ModelDefaults.of(model)).isEqualTo(ModelDefaults.FLUX_DEV);
        assertThat(ModelDefaults.FLUX_DEV.request("a")).isEqualTo(GenerateRequest.of("a"));
    }

    @Test
    void whatTheModelSaysCounts() throws IOException {
        Files.writeString(
                model.resolve(ModelDefaults.FILE),
                "{\"steps\": 16, \"true_cfg\": 2, \"height\": 64, \"width\": 96, \"verifier\": \"../verifier\"}");
        ModelDefaults defaults = ModelDefaults.of(model);
        assertThat(defaults)
                .isEqualTo(new ModelDefaults(16, 3.5f, 2, 64, 96, 512, Optional.of(model.resolveSibling("verifier"))));
        assertThat(defaults.request("a").forwards()).isEqualTo(32);
    }

    @Test
    void aWrongTypeIsRefused() throws IOException {
        Files.writeString(model.resolve(ModelDefaults.FILE), "{\"steps\": \"many\"}");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ModelDefaults.of(model))
                .withMessageContaining("steps");
    }
}
