package io.irscale.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.GoldenTensors;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that torch.save wrote, and files that nobody should have written. */
class TorchFileTest {
    private static final Path FILES = GoldenTensors.GOLDENS.resolve("torch");

    /** Of {@code make.py}'s linear layer. */
    private static final float[] WEIGHT = {0.7033063f, 0.56580293f, -0.034108967f, -0.47297707f, 0.42959696f, 0.2184534f
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "stream.pth"})
    void tensorsComeWithNamesTypesShapesAndValues(String name) {
        try (TorchFile file = TorchFile.open(FILES.resolve(name))) {
            assertThat(file.tensors().keySet())
                    .containsExactly(
                            "0.weight",
                            "1.weight",
                            "1.bias",
                            "1.running_mean",
                            "1.running_var",
                            "1.num_batches_tracked",
                            "view",
                            "whole",
                            "half",
                            "bf16",
                            "empty");
            assertThat(tensor(file, "0.weight").shape()).containsExactly(3L, 2L, 3L, 3L);
            float[] weight = tensor(file, "0.weight").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            assertThat(weight[0]).isEqualTo(0.1214487F);
            assertThat(weight[53]).isEqualTo(-0.057293866F);
            assertThat(tensor(file, "0.weight").data().address() % 64).isZero(); // also where the file has it elsewhere
            assertThat(tensor(file, "1.num_batches_tracked"))
                    .satisfies(count -> assertThat(count.dtype()).isEqualTo(DType.I64))
                    .satisfies(count -> assertThat(count.shape()).isEmpty());
            assertThat(tensor(file, "view").shape()).containsExactly(2L, 3L);
            assertThat(tensor(file, "view").data().toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED))
                    .containsExactly(4, 5, 6, 7, 8, 9);
            assertThat(tensor(file, "half").dtype()).isEqualTo(DType.F16);
            assertThat(tensor(file, "bf16").dtype()).isEqualTo(DType.BF16);
            assertThat(tensor(file, "empty").shape()).containsExactly(0L, 4L);
        }
    }

    private static StoredTensor tensor(TorchFile file, String name) {
        StoredTensor tensor = file.tensors().get(name);
        assertThat(tensor).isNotNull();
        return tensor;
    }

    @Test
    void afterClosingNothingIsGiven() {
        TorchFile file = TorchFile.open(FILES.resolve("zip.pth"));
        StoredTensor whole = tensor(file, "whole");
        file.close();
        assertThatThrownBy(file::tensors).isInstanceOf(ClosedException.class);
        assertThatThrownBy(whole::data).isInstanceOf(ClosedException.class);
    }

    @Test
    void whatIsNoDictionaryOfContiguousTensorsIsRefused() {
        assertRefused(FILES.resolve("module.pth"), "its pickle asks for 'torch.nn.modules.container.Sequential'");
        assertRefused(FILES.resolve("transposed.pth"), "tensor 't' of shape [4, 3] has strides [1, 4]");
        assertRefused(folder.resolve("none.pth"), "is not a file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "cposix\\nsystem\\nX\\4\\0\\0\\0true\\x85R. | asks for 'posix.system', expected nothing but tensors by name",
                "c__builtin__\\neval\\n.          | asks for '__builtin__.eval'",
                "cevil\\e[2J\\nx\\n.              | asks for 'evil [2J.x'",
                "X\\5\\0\\0\\0posixX\\6\\0\\0\\0system\\x93. | asks for 'posix.system', expected nothing but tensors",
                "K\\1K\\2\\x93.                    | names a class by something else than texts",
                "\\x92.                           | has opcode 0x92 at byte 47, which tensors do not need",
                "\\x80\\6.                        | is of protocol 6, expected 2 to 5",
                ".                                | takes a value that is not there",
                "(t(u.                            | has another value where a dictionary belongs",
                "}(X\\1\\0\\0\\0au.                         | takes a value that is not there",
                "}K\\1K\\2s.                      | holds no tensors by name, neither at the top nor under state_dict",
                "ccollections\\nOrderedDict\\n](K\\1K\\2K\\3tat\\x85R. | takes a value that is not there",
                "ccollections\\nOrderedDict\\n](K\\1K\\2K\\3ta\\x85R. | has an entry that is no pair",
                "ctorch._utils\\n_rebuild_parameter\\nK\\1\\x85R. | calls something that makes no tensor",
                "K\\1Nb.                          | has another value where a dictionary belongs",
                "h\\7.                            | takes a value that is not there",
                "(X\\7\\0\\0\\0storagectorch\\nFloatStorage\\nK\\1NK\\1tQ. | names a storage in an unknown way",
                "X\\xff\\xff\\xff\\x7fa.          | is cut off in the middle of its pickle",
                "X\\xff\\xff\\xff\\xffa.          | is cut off in the middle of its pickle",
                "K\\1.                            | holds no dictionary, expected tensors by name",
                "}X\\1\\0\\0\\0aK\\1s.            | holds no tensors by name, neither at the top nor under state_dict",
            })
    void picklesThatAskForMoreAreRefused(String value, String message) throws IOException {
        Path file = folder.resolve("evil.pth");
        Files.write(file, stream(bytes(value), "]."));
        assertRefused(file, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"checkpoint2.pt", "checkpoint4.pt"})
    void aTrainingCheckpointGivesItsStateDict(String name) {
        try (TorchFile file = TorchFile.open(FILES.resolve(name))) {
            assertThat(file.tensors().keySet()).containsExactly("module.weight", "module.bias");
            assertThat(tensor(file, "module.weight").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .containsExactly(WEIGHT);
        }
    }

    @Test
    void parametersAreTensors() {
        try (TorchFile file = TorchFile.open(FILES.resolve("parameters.bin"))) {
            assertThat(tensor(file, "weight").shape()).containsExactly(3L, 2L);
            assertThat(tensor(file, "weight").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .containsExactly(WEIGHT);
        }
    }

    @Test
    void aProgramIsRefusedByName() {
        assertRefused(FILES.resolve("script.pt"), "is a TorchScript archive, a program, as OpenAI published CLIP");
    }

    @Test
    void tensorsOutsideOfTheirStorageAreRefused() throws IOException {
        Path file = folder.resolve("outside.pth");
        for (String shape :
                List.of("K\\3", "J\\xff\\xff\\xff\\xff", "\\x8a\\x08\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x7f")) {
            Files.write(file, withStorage("K\\0(" + shape + "t(K\\1t", 2));
            assertRefused(file, "tensor 'a' of shape [");
        }
        Files.write(file, withStorage("J\\xff\\xff\\xff\\xff(K\\1t(K\\1t", 2));
        assertRefused(file, "leaves its storage of 2 elements");
        Files.write(file, withStorage("K\\0(K\\2t(K\\1t", 3));
        assertRefused(file, "storage 's' of 2 elements is cut off, or has another number");
        Files.write(file, withStorage("K\\0(K\\2t(K\\1t", 2));
        try (TorchFile good = TorchFile.open(file)) {
            assertThat(tensor(good, "a").shape()).containsExactly(2L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "stream.pth"})
    void damagedFilesAreRefusedOrReadButNeverMore(String name) throws IOException {
        byte[] whole = Files.readAllBytes(FILES.resolve(name));
        Path file = folder.resolve(name);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> TorchFile.open(file)).isInstanceOf(InvalidInputException.class);
        }
        Random random = new Random(5);
        for (int i = 0; i < 400; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            try {
                TorchFile.open(file).close();
            } catch (InvalidInputException e) {
                assertThat(e.getMessage()).startsWith(file + ": ").doesNotContain("\n");
            }
        }
    }

    static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> TorchFile.open(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    private static byte[] withStorage(String offsetShapeAndStrides, int written) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(stream(
                bytes("}X\\1\\0\\0\\0actorch._utils\\n_rebuild_tensor_v2\\n("
                        + "(X\\7\\0\\0\\0storagectorch\\nFloatStorage\\nX\\1\\0\\0\\0sX\\3\\0\\0\\0cpuK\\2NtQ"
                        + offsetShapeAndStrides + "\\x89}tRs."),
                "]X\\1\\0\\0\\0sa."));
        out.write(bytes("\\" + written + "\\0\\0\\0\\0\\0\\0\\0"));
        out.write(new byte[8]);
        return out.toByteArray();
    }

    /** The pickles before the value, the value, and the list of storages. */
    static byte[] stream(byte[] value, String keys) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes("\\x80\\2\\x8a\\x0a\\x6c\\xfc\\x9c\\x46\\xf9\\x20\\x6a\\xa8\\x50\\x19.\\x80\\2M\\xe9\\3."
                + "\\x80\\2}X\\x0d\\0\\0\\0little_endian\\x88s.\\x80\\2"));
        out.write(value);
        out.write(bytes("\\x80\\2" + keys));
        return out.toByteArray();
    }

    /** {@code \n}, {@code \e}, {@code \xHH} and {@code \D} stand for a byte each. */
    static byte[] bytes(String text) {
        ByteBuffer out = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.put((byte) c);
                continue;
            }
            char escaped = text.charAt(++i);
            if (escaped == 'x') {
                out.put((byte) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.put((byte) (escaped == 'n' ? '\n' : escaped == 'e' ? 27 : escaped - '0'));
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
