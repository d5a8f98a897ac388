package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.StoredTensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MergedWeightsTest {
    private static final Path QUANTISED = Path.of("../core/src/test/goldens/quantized");

    @ParameterizedTest
    @CsvSource({
        "types.gguf, q4_k.weight, Q4_K",
        "scaled.safetensors, l0.weight, F8_E4M3 with scale",
        "bitsandbytes.safetensors, a.weight, nf4"
    })
    void fewBitsAreNoGroundToMergeInto(String file, String name, String format) {
        try (Checkpoint checkpoint = Checkpoint.open(QUANTISED.resolve(file))) {
            Map<String, StoredTensor> weights = Map.of(name, checkpoint.tensor(name));
            assertThatThrownBy(() -> new MergedWeights(weights, Interruption.never()).close())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(
                            "tensor '" + name + "' is " + format + "; merge into weights of 16 bits or more");
        }
    }

    @Test
    void sixteenBitsAre() {
        try (Checkpoint checkpoint = Checkpoint.open(QUANTISED.resolve("types.gguf"))) {
            Map<String, StoredTensor> weights = Map.of("bf16.weight", checkpoint.tensor("bf16.weight"));
            new MergedWeights(weights, Interruption.never()).close();
        }
    }
}
