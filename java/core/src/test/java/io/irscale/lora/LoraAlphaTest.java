package io.irscale.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraAlphaTest {
    @TempDir
    private Path folder;

    private LoraFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LoraFixture(folder);
        layer("transformer.proj_out", 4, 64, 16);
        layer("transformer.single_transformer_blocks.0.proj_out", 2, 320, 64);
        layer("transformer.x_embedder", 4, 16, 64);
        layer("text_encoder.text_model.encoder.layers.2.mlp.fc1", 4, 40, 96);
    }

    private void layer(String name, long rank, long in, long out) {
        fixture.put(name + ".lora_A.weight", rank, in).put(name + ".lora_B.weight", out, rank);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Map<String, Double> scales() {
        try (LoraFile file = fixture.open()) {
            return file.match(LoraFixture.FLUX, LoraFixture.CLIP).updates().stream()
                    .collect(Collectors.toMap(LoraUpdate::module, LoraUpdate::scale));
        }
    }

    private void assertScales(double out, double single, double embedder, double clip) {
        assertThat(scales())
                .isEqualTo(Map.of(
                        "proj_out",
                        out,
                        "single_transformer_blocks.0.proj_out",
                        single,
                        "x_embedder",
                        embedder,
                        "encoder.layers.2.mlp.fc1",
                        clip));
    }

    @Test
    void isTheRankWhereNothingSaysOtherwise() {
        assertScales(1, 1, 1, 1);
    }

    @Test
    void comesFromTensors() {
        fixture.scalar("transformer.proj_out.alpha", 8).scalar("transformer.x_embedder.alpha", -1);
        assertScales(2, 1, -0.25, 1);
    }

    @ParameterizedTest
    @CsvSource({"F16, 0x4100", "BF16, 0x4020", "F32, 0x40200000", "F64, 0x4004000000000000"})
    void comesInAnyFloat(DType dtype, String bits) {
        assertThat(scaleOf(dtype, Long.decode(bits))).isEqualTo(0.625);
    }

    @ParameterizedTest
    @ValueSource(strings = {"U8", "I8", "I16", "I32", "I64"})
    void comesInAnyInteger(DType dtype) {
        assertThat(scaleOf(dtype, 16)).isEqualTo(4);
    }

    private double scaleOf(DType dtype, long bits) {
        fixture.put("transformer.proj_out.alpha", dtype, 1);
        for (int i = 0; i < dtype.bytes(); i++) {
            fixture.tensor("transformer.proj_out.alpha").data().set(ValueLayout.JAVA_BYTE, i, (byte) (bits >> (8 * i)));
        }
        Double scale = scales().get("proj_out");
        return scale == null ? Double.NaN : scale;
    }

    @Test
    void comesFromMetadata() {
        metadata("""
                {"transformer.r": 4, "transformer.lora_alpha": 8, "transformer.rank_pattern":
                 {"single_transformer_blocks.0.proj_out": 2}, "text_encoder.r": 4, "text_encoder.lora_alpha": 1.5}""");
        assertScales(2, 4, 2, 0.375);
    }

    @Test
    void comesFromMetadataOfAModelAlone() {
        metadata("{\"lora_alpha\": 8, \"alpha_pattern\": {\"x_embedder\": 4}}");
        assertScales(2, 4, 1, 1);
    }

    @Test
    void comesFromTheFileThatPeftPutsBeside() throws IOException {
        Files.move(fixture.write(), folder.resolve("adapter_model.safetensors"));
        Files.writeString(
                folder.resolve("adapter_config.json"),
                "{\"r\": 4, \"lora_alpha\": 8, \"rank_pattern\": {\"single_transformer_blocks.0.proj_out\": 2}}");
        for (Path path : List.of(folder, folder.resolve("adapter_model.safetensors"))) {
            try (LoraFile file = LoraFile.open(path)) {
                assertThat(file.match(LoraFixture.FLUX, LoraFixture.CLIP).updates(LoraTarget.TRANSFORMER))
                        .extracting(LoraUpdate::scale)
                        .containsExactlyInAnyOrder(2.0, 4.0, 2.0);
            }
        }
    }

    @Test
    void followsPatternsAsPeftReadsThem() {
        metadata("""
                {"transformer.lora_alpha": 4, "transformer.alpha_pattern": {"^proj_out": 12, "proj_out": 6},
                 "text_encoder.lora_alpha": 4, "text_encoder.alpha_pattern": {"^text_model.encoder.layers.2.mlp.fc1": 1}}""");
        assertScales(3, 3, 1, 0.25);
    }

    @Test
    void dividesByTheRootOfTheRankInRsLora() {
        metadata("{\"transformer.lora_alpha\": 8, \"transformer.use_rslora\": true}");
        assertScales(4, 8 / Math.sqrt(2), 4, 1);
    }

    @Test
    void mayBeZero() {
        fixture.scalar("transformer.proj_out.alpha", 0);
        assertScales(0, 1, 1, 1);
        metadata("{\"transformer.lora_alpha\": 0}");
        assertScales(0, 0, 0, 1);
    }

    @Test
    void comesFromTheHeaderItself() {
        fixture.metadata.put("transformer.lora_alpha", "16");
        fixture.metadata.put("transformer.r", "4");
        fixture.metadata.put("transformer.rank_pattern", "{\"single_transformer_blocks.0.proj_out\": 2}");
        assertScales(4, 8, 4, 1);
    }

    @Test
    void followsRegularExpressions() {
        metadata("""
                {"transformer.lora_alpha": 8, "transformer.alpha_pattern":
                 {"single_transformer_blocks\\\\.\\\\d+\\\\.proj.*": 2}}""");
        assertScales(2, 1, 2, 1);
    }

    @Test
    void prefersTensorsToMetadata() {
        metadata("{\"transformer.lora_alpha\": 8}");
        fixture.scalar("transformer.proj_out.alpha", 4);
        assertScales(1, 4, 2, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | lora_adapter_metadata is not valid JSON",
                "[] | lora_adapter_metadata is not a JSON object",
                "{\"transformer.lora_alpha\": \"8\"} | transformer.lora_alpha is",
                "{\"transformer.lora_alpha\": 1e999} | scale of proj_out Infinity",
                "{\"transformer.lora_alpha\": 8, \"transformer.r\": 3} | has rank 4, but",
                "{\"transformer.lora_alpha\": 8, \"transformer.rank_pattern\": {\"proj_out\": 4}} | has rank 2, but",
                "{\"transformer.lora_alpha\": 8, \"transformer.alpha_pattern\": {\"(\": 4}} | '(', expected a layer",
                "{\"transformer.lora_alpha\": 8, \"transformer.alpha_pattern\": 3} | expected an object",
            })
    void refusesOtherMetadata(String json, String message) {
        metadata(json);
        assertRefused(message);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void refusesAlphasWithoutASense(float alpha) {
        fixture.scalar("transformer.proj_out.alpha", alpha);
        assertRefused("tensor 'transformer.proj_out.alpha' makes the scale of proj_out ");
    }

    @Test
    void refusesAlphasOfSeveralElements() {
        fixture.put("transformer.proj_out.alpha", 2);
        assertRefused("tensor 'transformer.proj_out.alpha' of shape [2] must have one element");
    }

    private void metadata(String json) {
        fixture.metadata.put("lora_adapter_metadata", json);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::scales)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("lora.safetensors: ", message)
                .message()
                .hasLineCount(1);
    }
}
