package io.irscale.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.decode.VaeCheckpoint;
import io.irscale.denoise.FluxCheckpoint;
import io.irscale.tensor.StoredTensor;
import io.irscale.text.ClipCheckpoint;
import io.irscale.text.ClipSource;
import io.irscale.text.T5Checkpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The listings against the models that diffusers and transformers saved: every name and shape, and no other. */
class ExpectedTensorsTest {
    private static final Path GOLDENS = Path.of("src/test/goldens/dev");

    @Test
    void flux() {
        try (FluxCheckpoint golden = FluxCheckpoint.open(GOLDENS.resolve("pipeline/transformer"))) {
            same(ExpectedTensors.flux(golden.config()), golden.tensors());
        }
    }

    @Test
    void vae() {
        try (VaeCheckpoint golden = VaeCheckpoint.open(GOLDENS.resolve("pipeline/vae"))) {
            same(ExpectedTensors.vae(golden.config()), golden.tensors());
        }
    }

    @Test
    void t5() {
        try (T5Checkpoint golden = T5Checkpoint.open(GOLDENS.resolve("pipeline/text_encoder_2"))) {
            same(ExpectedTensors.t5(golden.config(), true), golden.tensors());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipeline/text_encoder", "clip"})
    void clip(String folder) {
        try (ClipCheckpoint golden = ClipCheckpoint.open(ClipSource.of(GOLDENS.resolve(folder)))) {
            boolean bare = golden.tensors().containsKey("embeddings.token_embedding.weight");
            Map<String, StoredTensor> tensors = new LinkedHashMap<>(golden.tensors());
            tensors.remove("logit_scale"); // scores do without
            same(ExpectedTensors.clip(golden.config(), bare ? "" : "text_model."), tensors);
        }
    }

    @Test
    void whatIsMissingOrWrongIsTold() {
        try (T5Checkpoint golden = T5Checkpoint.open(GOLDENS.resolve("pipeline/text_encoder_2"))) {
            Map<String, StoredTensor> tensors = new LinkedHashMap<>(golden.tensors());
            StoredTensor norm = Objects.requireNonNull(golden.tensors().get("encoder.final_layer_norm.weight"));
            tensors.put(norm.name(), norm.rows(0, 5));
            tensors.remove("encoder.block.1.layer.0.layer_norm.weight");
            assertThat(ExpectedTensors.t5(golden.config(), true).problems(tensors))
                    .containsExactly(
                            "1 missing: encoder.block.1.layer.0.layer_norm.weight",
                            "1 wrong: encoder.final_layer_norm.weight has shape [5], expected [48]");
        }
    }

    private static void same(ExpectedTensors expected, Map<String, StoredTensor> tensors) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        assertThat(expected.shapes()).containsExactlyInAnyOrderEntriesOf(shapes);
        assertThat(expected.problems(tensors)).isEmpty();
    }
}
