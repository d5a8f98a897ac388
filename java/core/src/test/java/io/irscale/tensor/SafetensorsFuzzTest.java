package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the bytes, a file opens or is refused in one line: no other exception, and no tensor outside the file. */
class SafetensorsFuzzTest {
    private static final int ROUNDS = 20_000;

    private static final String HEADER = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[24,28]}}";

    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "0",
        "-1",
        "1e9",
        "9223372036854775807",
        "18446744073709551616",
        "null",
        "true",
        "\"a\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "F64",
        "shape",
        "dtype",
        "__metadata__",
        "[0,0]",
        "\n"
    };

    @Test
    void mutationsAreReadOrRefused(@TempDir Path folder) throws IOException {
        Random random = new Random(20_241_118);
        byte[] original = SafetensorsBytes.file(HEADER, 28);
        Path path = folder.resolve("fuzz.safetensors");
        int opened = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] mutated = original.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                mutated = mutate(mutated, random);
            }
            overwrite(path, mutated);
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                opened++;
                long bytes = 0;
                for (StoredTensor tensor : checkpoint.tensors().values()) {
                    bytes += tensor.data().toArray(ValueLayout.JAVA_BYTE).length;
                }
                assertThat(bytes).isLessThan(mutated.length);
            } catch (InvalidInputException e) {
                assertThat(String.valueOf(e.getMessage()))
                        .startsWith(path + ": ")
                        .doesNotContain("\n");
            }
        }
        // Both ends must be reached, or the test shows nothing.
        assertThat(opened).isBetween(ROUNDS / 100, ROUNDS / 2);
    }

    /** Like Files.write, but many times faster on a disk, since the file is never empty in between. */
    private static void overwrite(Path path, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(channel.write(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
            channel.truncate(bytes.length);
        }
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[1];
        }
        byte[] copy = bytes.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[random.nextInt(Math.min(8, copy.length))] = (byte) random.nextInt();
            case 2 -> {
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                String token = TOKENS[random.nextInt(TOKENS.length)];
                int end = Math.min(bytes.length, at + random.nextInt(4));
                copy = (text.substring(0, at) + token + text.substring(end)).getBytes(StandardCharsets.ISO_8859_1);
                // Keep the length true, so that the change reaches the parser.
                if (copy.length >= 8) {
                    copy[0] += (byte) (copy.length - bytes.length);
                }
            }
            default -> copy = Arrays.copyOf(copy, at);
        }
        return copy;
    }
}
