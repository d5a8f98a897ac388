package io.irscale.tensor;

import static io.irscale.tensor.SafetensorsBytes.file;
import static io.irscale.tensor.SafetensorsBytes.withLength;
import static io.irscale.tensor.SafetensorsBytes.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the reference reader takes and refuses (the cases of its own tests are marked), and what we refuse beyond. */
class SafetensorsRulesTest {
    private static final Path GOLDEN =
            Path.of("src/test/goldens/dev/pipeline/transformer/diffusion_pytorch_model-00001-of-00007.safetensors");

    private static final String ONE = "{\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}";

    @TempDir
    private Path folder;

    @Test
    void readsOneTensor() { // test_deserialization
        Path path = write(folder.resolve("one.safetensors"), file(ONE, 16));
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            StoredTensor tensor = checkpoint.tensor("test");
            assertThat(checkpoint.tensors()).containsOnlyKeys("test");
            assertThat(tensor.dtype()).isEqualTo(DType.I32);
            assertThat(tensor.shape()).containsExactly(2L, 2L);
            assertThat(tensor.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(new byte[16]);
            assertThat(tensor.data().isReadOnly()).isTrue();
            assertThat(checkpoint.metadata()).isEmpty();
        }
    }

    static Stream<Arguments> wellFormed() {
        return Stream.of(
                // test_whitespace_padded_header, test_whitespace_leading_padded_header
                arguments("{}\r \t\n", 0, List.of()),
                arguments("\t\n{}\r ", 0, List.of()),
                // test_zero_sized_tensor, test_empty_shapes_allowed
                arguments("{\"test\":{\"dtype\":\"I32\",\"shape\":[2,0],\"data_offsets\":[0, 0]}}", 0, List.of("test")),
                arguments("{\"s\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}}", 8, List.of("s")),
                // Order in the header is free; the bytes' order counts, and an empty tensor fits between two.
                arguments(
                        "{\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]},"
                                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[0],\"data_offsets\":[2,2]},"
                                + "\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]}}",
                        3,
                        List.of("a", "b", "c")),
                arguments("{\"__metadata__\":null}", 0, List.of()));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void accepts(String header, int dataBytes, List<String> names) {
        Path path = write(folder.resolve("good.safetensors"), file(header, dataBytes));
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.tensors().keySet()).containsExactlyElementsOf(names);
        }
    }

    static Stream<Arguments> malformed() {
        byte[] one = file(ONE, 16);
        return Stream.of(
                arguments("empty file (test_header_too_small)", new byte[0], "has 0 bytes, too few"),
                arguments("7 bytes", new byte[7], "has 7 bytes, too few"),
                arguments("no header (test_invalid_header_length)", withLength(60, new byte[8]), "header of 60 bytes"),
                arguments(
                        "length with high bytes set (test_header_too_large)",
                        withLength(0xFFFFFF000000003CL, one),
                        "header of 18446742974197923900 bytes is over the limit of 100000000"),
                arguments("length 2^63", withLength(Long.MIN_VALUE, one), "header of 9223372036854775808 bytes"),
                arguments("length 0", withLength(0, one), "header is not a JSON object"),
                arguments("length one short", withLength(59, one), "header is not valid JSON"),
                arguments("length one long", withLength(61, one), "header is not valid JSON"),
                arguments(
                        "not UTF-8 (test_invalid_header_non_utf8)",
                        withLength(1, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, -1}),
                        "header is not UTF-8"),
                arguments(
                        "UTF-16",
                        withLength(4, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}', 0}),
                        "header is not valid JSON"),
                arguments("byte order mark", file("\uFEFF{}", 0), "header is not valid JSON"),
                arguments("not JSON (test_invalid_header_not_json)", file("{", 0), "header is not valid JSON"),
                arguments("two objects", file("{}{}", 0), "header is not valid JSON"),
                arguments("a list", file("[]", 0), "header is not a JSON object"),
                arguments("nested too deep", file("[".repeat(100_000), 0), "header is not valid JSON"),
                arguments(
                        "too many values",
                        file("{\"a\":[" + "0,".repeat(4_000_000) + "0]}", 0),
                        "header is not valid JSON"),
                arguments(
                        "polyglot tail (test_metadata_incomplete_buffer)",
                        file(ONE, 50),
                        "has 50 bytes after its header"),
                arguments("missing 2 bytes (test_metadata_incomplete_buffer)", file(ONE, 14), "accounts for 16"),
                arguments("short span (test_invalid_info)", file(ONE.replace("16]", "4]"), 4), "takes 16 bytes as I32"),
                arguments(
                        "shape overflow (test_validation_overflow)",
                        file(ONE.replace("[2,2]", "[2,18446744073709551614]"), 16),
                        "shape holds 18446744073709551614"),
                arguments(
                        "size overflow (test_validation_overflow)",
                        file(ONE.replace("[2,2]", "[2,9223372036854775807]"), 16),
                        "overflows 64 bits"),
                arguments(
                        "byte overflow", file(ONE.replace("[2,2]", "[4611686018427387904]"), 16), "overflows 64 bits"),
                arguments(
                        "number of 100 digits",
                        file(ONE.replace("[2,2]", "[" + "9".repeat(100) + "]"), 16),
                        "header is not valid JSON"),
                arguments(
                        "overlap (test_json_attack)",
                        file("{" + entry("a", 0, 16) + "," + entry("b", 0, 16) + "}", 16),
                        "must begin at 16"),
                arguments("hole before", file(ONE.replace("[0,16]", "[4,20]"), 20), "must begin at 0"),
                arguments(
                        "hole between",
                        file("{" + entry("a", 0, 16) + "," + entry("b", 20, 36) + "}", 36),
                        "must begin at 16"),
                arguments("backwards", file(ONE.replace("[0,16]", "[0,-16]"), 16), "data_offsets holds -16"),
                arguments(
                        "end before begin",
                        file("{" + entry("a", 0, 16) + "," + entry("b", 16, 0) + "}", 16),
                        "must begin at 16"),
                arguments(
                        "end near 2^63", file(ONE.replace("[0,16]", "[0,9223372036854775807]"), 16), "takes 16 bytes"),
                arguments(
                        "duplicate tensor",
                        file("{" + entry("a", 0, 16) + "," + entry("a", 16, 32) + "}", 32),
                        "Duplicate"),
                arguments(
                        "duplicate after escape",
                        file("{" + entry("a", 0, 16) + "," + entry("\\u0061", 16, 32) + "}", 32),
                        "Duplicate"),
                arguments(
                        "duplicate field",
                        file(ONE.replace("\"shape\"", "\"dtype\":\"I32\",\"shape\""), 16),
                        "Duplicate"),
                arguments("float in shape", file(ONE.replace("[2,2]", "[2,2.0]"), 16), "shape holds 2.0"),
                arguments("string in shape", file(ONE.replace("[2,2]", "[2,\"2\"]"), 16), "shape holds \"2\""),
                arguments("null in shape", file(ONE.replace("[2,2]", "[2,null]"), 16), "shape holds null"),
                arguments("shape missing", file(ONE.replace("\"shape\"", "\"sharp\""), 16), "shape is a JSON MISSING"),
                arguments("dtype missing", file(ONE.replace("\"dtype\"", "\"type\""), 16), "no dtype"),
                arguments("three offsets", file(ONE.replace("[0,16]", "[0,16,16]"), 16), "has 3 data_offsets"),
                arguments("tensor is a list", file("{\"test\":[]}", 0), "no dtype"),
                arguments(
                        "dtype of float8", file(ONE.replace("I32", "F8_E4M3"), 16), "'test' takes 4 bytes as F8_E4M3"),
                arguments("dtype unsigned", file(ONE.replace("I32", "U16"), 16), "'test' takes 8 bytes as U16"),
                arguments("metadata is a list", file("{\"__metadata__\":[]}", 0), "__metadata__ is a JSON ARRAY"),
                arguments(
                        "metadata holds a number",
                        file("{\"__metadata__\":{\"n\":1}}", 0),
                        "entry 'n' is a JSON NUMBER"),
                arguments(
                        "newline in a name",
                        file(ONE.replace("test", "te\\nst"), 16),
                        "'te st' has control characters"),
                arguments("other half of a pair in a name", file(ONE.replace("test", "\\udc00"), 16), "surrogate"),
                arguments("half a pair in a name", file(ONE.replace("test", "\\ud800"), 16), "surrogate"),
                arguments(
                        "name of 5000 characters",
                        file(ONE.replace("test", "n".repeat(5000)), 16),
                        "header is not valid JSON"));
    }

    private static String entry(String name, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[" + begin + "," + end + "]}";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refuses(String what, byte[] bytes, String reason) {
        Path path = write(folder.resolve("bad.safetensors"), bytes);
        assertThatThrownBy(() -> Checkpoint.open(path).close())
                .as(what)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()))
                        .hasSizeLessThan(700)
                        .doesNotContain("\n"));
    }

    @Test
    void refusesHeaderOverTheLimitWithoutReadingIt() throws IOException {
        Path path = folder.resolve("big.safetensors");
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.writeLong(Long.reverseBytes(100_000_001));
            sparse.setLength(8 + 100_000_001);
        }
        assertThatThrownBy(() -> Checkpoint.open(path).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("header of 100000001 bytes is over the limit of 100000000");
    }

    @Test
    void refusesEveryTruncationOfARealFile() throws IOException {
        Path path = folder.resolve("cut.safetensors");
        Files.copy(GOLDEN, path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (long size = channel.size() - 1; size >= 0; size -= size > 2000 ? 997 : 1) {
                channel.truncate(size);
                assertThatThrownBy(() -> Checkpoint.open(path).close())
                        .as("cut to %d bytes", size)
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining(path.toString());
            }
        }
    }

    @Test
    void tensorsOfUnknownDtypesAreLeftOut() {
        byte[] bytes = file("{" + entry("a", 0, 16).replace("I32", "F6_E2M3") + "," + entry("b", 16, 32) + "}", 32);
        try (Checkpoint checkpoint = Checkpoint.open(write(folder.resolve("f6.safetensors"), bytes))) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("b");
            assertThatThrownBy(() -> checkpoint.tensor("a"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageEndingWith("tensor 'a' has dtype 'F6_E2M3', which irscale does not read");
        }
    }

    @Test
    void readsMetadataInFileOrder() {
        String header = "{\"__metadata__\":{\"z\":\"1\",\"format\":\"pt\",\"a\":\"line\\nbreak\"}}";
        try (Checkpoint checkpoint = Checkpoint.open(write(folder.resolve("m.safetensors"), file(header, 0)))) {
            assertThat(checkpoint.metadata())
                    .containsExactly(Map.entry("z", "1"), Map.entry("format", "pt"), Map.entry("a", "line\nbreak"));
        }
    }
}
