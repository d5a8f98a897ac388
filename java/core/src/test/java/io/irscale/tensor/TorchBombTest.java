package io.irscale.tensor;

import static io.irscale.tensor.TorchFileTest.assertRefused;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files that would take memory, time or the stack without end end in one line. */
@Timeout(20)
class TorchBombTest {
    private static final String TOO_MANY = "makes more than 2097152 values";

    @TempDir
    Path folder;

    private Path stream(byte[] value, String keys) throws IOException {
        return Files.write(folder.resolve("bomb.pth"), TorchFileTest.stream(value, keys));
    }

    /** Text escaped as {@link TorchFileTest#bytes} has it, repeated. */
    private static byte[] join(Object... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < parts.length; i += 2) {
            byte[] part = TorchFileTest.bytes((String) parts[i]);
            for (int n = 0; n < (int) parts[i + 1]; n++) {
                out.write(part);
            }
        }
        return out.toByteArray();
    }

    @Test
    void valuesThatHoldThemselves() throws IOException {
        assertRefused(stream(join("}X\\1\\0\\0\\0a]q\\0h\\0as.", 1), "]."), "holds no tensors by name");
        assertRefused(stream(join("}q\\0X\\1\\0\\0\\0ah\\0s.", 1), "]."), "holds no tensors by name");
        assertRefused(stream(join("}q\\0h\\0h\\0s.", 1), "]."), "holds no tensors by name");
        assertRefused(stream(join("}.", 1), "]q\\0h\\0a."), "lists a storage that no tensor is of");
    }

    @Test
    void listsThatUnfoldToTwoToThePowerOfForty() throws IOException {
        byte[] lists = join("}X\\5\\0\\0\\0model(]q\\0", 1, "](h\\0h\\0eq\\0", 40, "ts.", 1);
        assertRefused(stream(lists, "]."), "holds no tensors by name");
        byte[] keys = join("}(]q\\0", 1, "](h\\0h\\0eq\\0", 40, "tK\\1s.", 1);
        assertRefused(stream(keys, "]."), "holds no tensors by name");
        byte[] pairs = join("]q\\0", 1, "h\\0h\\0\\x86q\\0", 40, ".", 1);
        assertRefused(stream(pairs, "]."), "holds no dictionary");
    }

    @Test
    void oneListThatBecomesManyDictionaries() throws IOException {
        byte[] entry = join(
                "](",
                1,
                "X\\1\\0\\0\\0aK\\1\\x86",
                3000,
                "eq\\0",
                1,
                "ccollections\\nOrderedDict\\nh\\0\\x85R",
                3000,
                ".",
                1);
        assertRefused(stream(entry, "]."), TOO_MANY);
    }

    @Test
    void oneShapeThatBecomesManyTensors() throws IOException {
        byte[] tensors = join(
                "(X\\7\\0\\0\\0storagectorch\\nFloatStorage\\nX\\1\\0\\0\\0sX\\3\\0\\0\\0cpuK\\2tQq\\1](", 1,
                "K\\1", 64,
                "eq\\0", 1,
                "ctorch._utils\\n_rebuild_tensor_v2\\n(h\\1K\\0h\\0h\\0tR", 30_000,
                ".", 1);
        assertRefused(stream(tensors, "]."), TOO_MANY);
    }

    @Test
    void moreValuesThanAnyCheckpointHas() throws IOException {
        for (String one : new String[] {"]", "}", "(", "N\\x94", "X\\0\\0\\0\\0"}) {
            assertRefused(stream(join(one, (2 << 20) + 1), "]."), TOO_MANY);
        }
    }

    @Test
    void entriesOverTheSameBytes() throws IOException {
        byte[] zip = zip(ZipEntry.STORED, new byte[] {'.'}, new byte[8], new byte[8]);
        int first = central(zip, 1);
        int second = central(zip, 2);
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(second + 42, bytes.getInt(first + 42));
        Path file = Files.write(folder.resolve("overlap.pt"), zip);
        assertRefused(file, "holds 'a/data/1' over the bytes of another entry");
        bytes.putInt(second + 42, bytes.getInt(first + 42) + 1);
        Files.write(file, zip);
        assertRefused(file, "has an entry 'a/data/1' that is not where the directory says");
    }

    @Test
    void entriesOfOneName() throws IOException {
        byte[] zip = zip(ZipEntry.STORED, new byte[] {'.'}, new byte[8], new byte[8]);
        zip[central(zip, 2) + 46 + "a/data/".length()] = '0';
        assertRefused(Files.write(folder.resolve("twice.pt"), zip), "holds 'a/data/0' twice");
    }

    @Test
    void entriesBeyondTheFileAndDirectoriesBeyondReason() throws IOException {
        byte[] zip = zip(ZipEntry.STORED, new byte[] {'.'}, new byte[8]);
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        Path file = folder.resolve("far.pt");
        bytes.putInt(central(zip, 1) + 20, 1 << 30).putInt(central(zip, 1) + 24, 1 << 30);
        assertRefused(Files.write(file, zip), "is a zip that is cut off or points outside of itself");
        bytes.putInt(zip.length - 22 + 12, 1 << 30);
        assertRefused(Files.write(file, zip), "has a directory of 1073741824 bytes, expected at most 16777216");
    }

    @Test
    void picklesThatUnfold() throws IOException {
        byte[] zip = zip(ZipEntry.DEFLATED, new byte[100 << 20]);
        assertRefused(
                Files.write(folder.resolve("deflated.pt"), zip), "is a zip without a data.pkl that is not compressed");
    }

    /** data.pkl and storages, from entry 1 on. */
    private static byte[] zip(int method, byte[]... contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < contents.length; i++) {
                ZipEntry entry = new ZipEntry(i == 0 ? "a/data.pkl" : "a/data/" + (i - 1));
                CRC32 sum = new CRC32();
                sum.update(contents[i]);
                entry.setMethod(method);
                entry.setSize(contents[i].length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(contents[i]);
            }
        }
        return out.toByteArray();
    }

    /** Where an entry of the directory begins. */
    private static int central(byte[] zip, int index) {
        String text = new String(zip, StandardCharsets.ISO_8859_1);
        int at = -1;
        for (int i = 0; i <= index; i++) {
            at = text.indexOf("PK\1\2", at + 1);
        }
        return at;
    }
}
