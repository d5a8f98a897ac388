package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a quantised file may not lack, and formats that are not read. */
class QuantizedRefusalsTest {
    private static final String METADATA = "_quantization_metadata";

    @TempDir
    private Path folder;

    private final Arena arena = Arena.ofAuto();

    static Stream<Arguments> files() {
        return Stream.of(
                arguments(
                        "scale without a weight",
                        List.of("a.weight F8_E4M3 4x4", "b.scale_weight F32 1"),
                        "scale 'b.scale_weight' belongs to no weight: there is no 'b.weight'"),
                arguments(
                        "scale of an activation without a weight",
                        List.of("a.weight F8_E4M3 4x4", "b.input_scale F32 1"),
                        "scale 'b.input_scale' belongs to no weight"),
                arguments(
                        "two scales",
                        List.of("a.weight F8_E4M3 4x4", "a.scale_weight F32 1", "a.weight_scale F32 1"),
                        "weight 'a.weight' has two scales"),
                arguments(
                        "scales of blocks",
                        List.of("a.weight F8_E4M3 4x4", "a.weight_scale F32 2x2x2"),
                        "expected floating point, one value or one a row of 'a.weight' [4, 4]"),
                arguments(
                        "scale of integers",
                        List.of("a.weight F8_E4M3 4x4", "a.weight_scale I32 1"),
                        "scale 'a.weight_scale' is I32"),
                arguments(
                        "weight that no scale can have",
                        List.of("a.weight I64 4x4", "a.weight_scale F32 1"),
                        "weight 'a.weight' is I64 with a scale"),
                arguments(
                        "format without its scale",
                        List.of("a.weight F8_E4M3 4x4", "a.comfy_quant {\"format\":\"float8_e4m3fn\"}"),
                        "'a.weight_scale' is missing"),
                arguments(
                        "nvfp4",
                        List.of("a.weight U8 4x4", "a.comfy_quant {\"format\":\"nvfp4\"}"),
                        "layer 'a' is quantised as {\"format\":\"nvfp4\"}, which irscale does not read"),
                arguments(
                        "rotated",
                        List.of("a.weight I8 4x4", "a.comfy_quant {\"format\":\"int8_tensorwise\",\"convrot\":true}"),
                        "which irscale does not read"),
                arguments("Nunchaku", List.of("a.qweight I8 4x4", "a.wscales F16 4"), "'a.wscales' shows Nunchaku"),
                arguments("GPTQ", List.of("a.qweight I32 4x4", "a.qzeros I32 4"), "'a.qzeros' shows GPTQ or AWQ"),
                arguments("NVFP4", List.of("a.weight U8 4x4", "a.weight_scale_2 F32 1"), "shows NVFP4"),
                arguments("quanto", List.of("a.weight._data I8 4x4", "a.weight._scale F16 4"), "shows quanto"),
                arguments("ModelOpt", List.of("a.weight_quantizer._amax F32 1"), "shows ModelOpt"),
                arguments("blocks of 128", List.of("a.weight F8_E4M3 4x4", "a.weight_scale_inv F32 1"), "blocks"),
                arguments("int8", List.of("a.weight I8 4x4", "a.SCB F32 4"), "shows int8 of bitsandbytes"),
                arguments("left over", List.of("a.weight U8 8x1", "a.weight.absmax F32 1"), "without its quant_state"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void refuses(String what, List<String> tensors, String message) {
        Path file = folder.resolve("bad.safetensors");
        SafetensorsWriter.write(file, tensors.stream().map(this::tensor).toList(), Map.of());
        refused(what, file, message);
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                arguments("no JSON", "{", "is not valid JSON"),
                arguments("unknown format", "{\"layers\":{\"a\":{\"format\":\"mxfp8\"}}}", "layer 'a' is quantised as"),
                arguments("no format", "{\"layers\":{\"a\":{}}}", "layer 'a' is quantised as {}"),
                arguments(
                        "without its scale", "{\"layers\":{\"a\":\"float8_e4m3fn\"}}", "'a.weight_scale' is missing"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void refusesHeaders(String what, String json, String message) {
        Path file = folder.resolve("bad.safetensors");
        SafetensorsWriter.write(file, List.of(tensor("a.weight F8_E4M3 4x4")), Map.of(METADATA, json));
        refused(what, file, message);
    }

    static Stream<Arguments> states() {
        Function<String, String> json = change -> {
            String all = "{\"quant_type\":\"nf4\",\"blocksize\":64,\"dtype\":\"bfloat16\",\"shape\":[8,16]}";
            String[] pair = change.split(" -> ", 2);
            return all.replace(pair[0], pair[1]);
        };
        return Stream.of(
                arguments("shape of another size", json.apply("[8,16] -> [8,17]"), "holds 128 values, expected 136"),
                arguments("no shape", json.apply("[8,16] -> null"), "shape null, expected one or two sizes"),
                arguments("negative", json.apply("[8,16] -> [-8,16]"), "expected sizes up to"),
                arguments("huge", json.apply("[8,16] -> [9223372036854775807,16]"), "expected sizes up to"),
                arguments("blocks", json.apply(":64 -> :32"), "absmax' holds 2 blocks, expected 4"),
                arguments("no blocks", json.apply(":64 -> :0"), "blocksize 0, expected a positive integer"),
                arguments("dtype", json.apply("bfloat16 -> int8"), "dtype \"int8\", expected one of"),
                arguments("nested", json.apply("\"shape\" -> \"nested_offset\":0.1,\"shape\""), "is F32, expected U8"),
                arguments("no JSON", "nf4", "is not valid JSON"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void refusesStates(String what, String json, String message) {
        Path file = folder.resolve("bad.safetensors");
        List<String> tensors = new ArrayList<>(List.of(
                "a.weight U8 64x1",
                "a.weight.absmax F32 2",
                "a.weight.quant_map F32 16",
                "a.weight.quant_state.bitsandbytes__nf4 " + json));
        SafetensorsWriter.write(file, tensors.stream().map(this::tensor).toList(), Map.of());
        refused(what, file, message);
    }

    private static void refused(String what, Path file, String message) {
        assertThatThrownBy(() -> Checkpoint.open(file).close())
                .as(what)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    /** {@code NAME DTYPE SIZES}, of zeros, or {@code NAME TEXT}, of bytes. */
    private StoredTensor tensor(String line) {
        String[] words = line.split(" ", 2);
        String[] rest = words[1].split(" ", -1);
        if (rest.length == 2 && DType.ofName(rest[0]).isPresent()) {
            DType dtype = DType.valueOf(rest[0]);
            List<Long> shape = Stream.of(rest[1].split("x")).map(Long::valueOf).toList();
            return new StoredTensor(
                    words[0], dtype, shape, arena.allocate(StoredTensor.byteSize(dtype, shape)), folder);
        }
        MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, words[1].getBytes(StandardCharsets.UTF_8));
        return new StoredTensor(words[0], DType.U8, List.of(text.byteSize()), text, folder);
    }
}
