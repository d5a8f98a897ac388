package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every quantised format against its own program's values, bit for bit. The goldens are random weights: {@code types.gguf}
 * by the Python package gguf 0.19 ({@code quants.dequantize}; the K-quants are random bits with halves of ordinary size, one
 * of them subnormal), {@code bitsandbytes.safetensors} by bitsandbytes' own {@code quantize_4bit} and
 * {@code dequantize_4bit} in PyTorch, {@code scaled.safetensors} by PyTorch: the number in F32 times its scale.
 */
@ExtendWith(NoLeaks.class)
class QuantizedWeightsTest {
    private static final Path GOLDENS = Path.of("src/test/goldens/quantized");

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "types.gguf, types.safetensors, 16",
        "scaled.safetensors, scaled-values.safetensors, 7",
        "bitsandbytes.safetensors, bitsandbytes-values.safetensors, 4"
    })
    void valuesAreTheOracles(String file, String oracle, int count) {
        try (Checkpoint checkpoint = Checkpoint.open(GOLDENS.resolve(file));
                Checkpoint values = Checkpoint.open(GOLDENS.resolve(oracle));
                Arena arena = Arena.ofConfined()) {
            Map<String, StoredTensor> stored = checkpoint.tensors();
            assertThat(stored.keySet()).isEqualTo(values.tensors().keySet()).hasSize(count);
            Map<String, float[]> loaded = loaded(stored);
            values.tensors().forEach((name, value) -> {
                StoredTensor quantised = checkpoint.tensor(name);
                assertThat(quantised.shape()).as(name).isEqualTo(value.shape());
                float[] expected = floats(value);
                assertThat(floats(quantised.widened(arena))).as(name).containsExactly(expected);
                assertThat(loaded.get(name)).as("%s in a model", name).containsExactly(expected);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"types.gguf", "scaled.safetensors", "bitsandbytes.safetensors"})
    void rowsAreThoseOfTheWhole(String file) {
        try (Checkpoint checkpoint = Checkpoint.open(GOLDENS.resolve(file));
                Arena arena = Arena.ofConfined()) {
            for (StoredTensor tensor : checkpoint.tensors().values()) {
                long rows = tensor.shape().getFirst();
                StoredTensor whole = tensor.widened(arena);
                StoredTensor part = tensor.rows(1, rows).rows(0, rows - 2);
                assertThat(floats(part.widened(arena)))
                        .as(tensor.name())
                        .containsExactly(floats(whole.rows(1, rows - 1)));
                assertThat(loaded(Map.of("part", part.named("part"))).get("part"))
                        .as("%s in a model", tensor.name())
                        .containsExactly(floats(whole.rows(1, rows - 1)));
                if (rows % 2 == 0) {
                    assertThat(floats(tensor.swapHalves(arena))).containsExactly(floats(whole.swapHalves(arena)));
                }
            }
        }
    }

    @Test
    void formatsAreNamed() {
        Map<String, String> formats = new LinkedHashMap<>();
        for (String file : List.of("types.gguf", "scaled.safetensors", "bitsandbytes.safetensors")) {
            try (Checkpoint checkpoint = Checkpoint.open(GOLDENS.resolve(file))) {
                checkpoint.tensors().forEach((name, tensor) -> formats.put(name, tensor.format()));
            }
        }
        assertThat(formats)
                .containsEntry("f16.weight", "F16")
                .containsEntry("q4_k.weight", "Q4_K")
                .containsEntry("l1.weight", "F8_E5M2 with scale")
                .containsEntry("model.u8.weight", "F8_E4M3 with scale")
                .containsEntry("plain.weight", "F32")
                .containsEntry("b.weight", "nf4")
                .containsEntry("c.weight", "fp4");
    }

    @Test
    void packingsHaveTheHeadersNumbers() throws IOException {
        Path header = Path.of(System.getProperty("irscale.root", "../..")).resolve("native/include/irscale_weights.h");
        Matcher matcher = Pattern.compile("#define IRS_PACKED_(\\w+) (\\d+)").matcher(Files.readString(header));
        Map<String, Integer> numbers = new LinkedHashMap<>();
        while (matcher.find()) {
            numbers.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        assertThat(numbers).hasSize(Packing.values().length);
        numbers.forEach((name, number) ->
                assertThat(Packing.valueOf(name).code()).as(name).isEqualTo(number));
    }

    /** The values as a model in F32 gets them. */
    private static Map<String, float[]> loaded(Map<String, StoredTensor> tensors) {
        Map<String, float[]> values = new LinkedHashMap<>();
        try (Parameters parameters = Parameters.of(tensors.values(), 0, Device.CPU, DType.F32)) {
            for (String name : tensors.keySet()) {
                try (Tensor tensor = parameters.tensor(name)) {
                    values.put(name, tensor.floats());
                }
            }
        }
        return values;
    }

    private static float[] floats(StoredTensor tensor) {
        float[] floats = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) tensor.value(i);
        }
        return floats;
    }
}
