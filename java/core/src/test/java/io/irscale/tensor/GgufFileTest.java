package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFileTest {
    private static final Path GOLDEN = Path.of("src/test/goldens/quantized/types.gguf");

    @TempDir
    private Path folder;

    /** A GGUF file spelt out. */
    private static final class Bytes {
        private final ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

        Bytes(int version, long tensors, long keys) {
            bytes.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                    .putInt(version)
                    .putLong(tensors)
                    .putLong(keys);
        }

        Bytes text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            bytes.putLong(utf8.length).put(utf8);
            return this;
        }

        Bytes u32(int value) {
            bytes.putInt(value);
            return this;
        }

        Bytes u64(long value) {
            bytes.putLong(value);
            return this;
        }

        Bytes tensor(String name, int type, long offset, long... sizes) {
            text(name).u32(sizes.length);
            Arrays.stream(sizes).forEach(this::u64);
            return u32(type).u64(offset);
        }

        /** With {@code data} bytes after the next multiple of 32. */
        byte[] end(int data) {
            return Arrays.copyOf(bytes.array(), Math.ceilDiv(bytes.position(), 32) * 32 + data);
        }
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("version", new Bytes(1, 0, 0).end(0), "is GGUF of version 1, expected 2 or 3"),
                arguments("tensors", new Bytes(3, -1, 0).end(0), "has 18446744073709551615 tensors, expected at most"),
                arguments("keys", new Bytes(3, 0, 1L << 40).end(0), "has 1099511627776 keys"),
                arguments("text", new Bytes(3, 0, 1).u64(1L << 50).end(0), "characters in a text"),
                arguments("type of a key", new Bytes(3, 0, 1).text("a").u32(13).end(0), "a key of type 13"),
                arguments(
                        "lists",
                        new Bytes(3, 0, 1).text("a").u32(9).u32(9).u64(2).end(0),
                        "a list of lists"),
                arguments(
                        "items",
                        new Bytes(3, 0, 1).text("a").u32(9).u32(4).u64(-2).end(0),
                        "items in a list"),
                arguments(
                        "long list",
                        new Bytes(3, 0, 1).text("a").u32(9).u32(10).u64(1000).end(0),
                        "is cut off"),
                arguments("dimensions", new Bytes(3, 1, 0).text("a").u32(9).end(0), "'a' has 9 dimensions"),
                arguments("name", new Bytes(3, 1, 0).tensor("a\nb", 0, 0, 1).end(4), "control characters"),
                arguments(
                        "negative size",
                        new Bytes(3, 1, 0).tensor("a", 0, 0, -1).end(4),
                        "overflows 64 bits"),
                arguments(
                        "huge",
                        new Bytes(3, 1, 0).tensor("a", 0, 0, 1L << 40, 1L << 40).end(4),
                        "overflows 64 bits"),
                arguments("cut", new Bytes(3, 1, 0).tensor("a", 0, 0, 2).end(4), "'a' of shape [2] ends at byte"),
                arguments("offset", new Bytes(3, 1, 0).tensor("a", 0, -32, 1).end(4), "ends at byte"),
                arguments(
                        "far",
                        new Bytes(3, 1, 0).tensor("a", 0, Long.MAX_VALUE, 1).end(4),
                        "overflows 64 bits"),
                arguments(
                        "twice",
                        new Bytes(3, 2, 0)
                                .tensor("a", 0, 0, 1)
                                .tensor("a", 0, 0, 1)
                                .end(4),
                        "is there twice"),
                arguments(
                        "alignment",
                        new Bytes(3, 0, 1)
                                .text("general.alignment")
                                .u32(4)
                                .u32(0)
                                .end(0),
                        "general.alignment is 0"),
                arguments(
                        "original shape",
                        new Bytes(3, 1, 1)
                                .text("comfy.gguf.orig_shape.a")
                                .u32(9)
                                .u32(5)
                                .u64(1)
                                .u32(3)
                                .tensor("a", 0, 0, 2)
                                .end(8),
                        "cannot have had the shape [3]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refuses(String what, byte[] bytes, String message) throws IOException {
        Path file = Files.write(folder.resolve("bad.gguf"), bytes);
        assertThatThrownBy(() -> Checkpoint.open(file).close())
                .as(what)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void typesThatAreNotReadAreNamedWhenAskedFor() {
        try (Checkpoint checkpoint = Checkpoint.open(GOLDEN)) {
            assertThat(checkpoint.metadata()).containsEntry("general.architecture", "flux");
            assertThatThrownBy(() -> checkpoint.tensor("other.weight"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageEndingWith("tensor 'other.weight' has dtype 'IQ2_XXS', which irscale does not read");
        }
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN);
        Path file = folder.resolve("cut.gguf");
        for (int size = whole.length - 1; size > 0; size -= size > 2000 ? 499 : 7) {
            Files.write(file, Arrays.copyOf(whole, size));
            if (size < whole.length - 64) { // the last tensor is not read, and padding may be missing
                assertThatThrownBy(() -> Checkpoint.open(file).close())
                        .as("cut to %d bytes", size)
                        .isInstanceOf(InvalidInputException.class);
            }
        }
    }

    @Test
    void damageIsRefusedOrReadButNeverWorse() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN);
        Random random = new Random(1);
        Path file = folder.resolve("damaged.gguf");
        for (int i = 0; i < 500; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j < 3; j++) {
                damaged[random.nextInt(1600)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try {
                Checkpoint.open(file).close();
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageStartingWith(file + ": ");
            }
        }
    }
}
