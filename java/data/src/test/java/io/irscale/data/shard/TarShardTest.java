package io.irscale.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarShardTest {
    private static final byte[] ONE = {1, 2, 3};
    private static final byte[] TWO = {4, 5};

    @TempDir
    Path folder;

    private Path tar() {
        return folder.resolve("s.tar");
    }

    private static TarImage image(TarSample sample, String label) {
        return Objects.requireNonNull(sample.images().get(label));
    }

    private static void assertRefused(Path file, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> TarShard.read(file))
                .withMessageContaining(message)
                .withMessageStartingWith(file.toString())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").doesNotContain("Exception"));
    }

    @Test
    void partsAreKnownByTheirKeyWhereverTheyLie() throws IOException {
        Path file = new Tars()
                .entry("a/", TarConstants.LF_DIR)
                .file("./a/1.JPG", ONE)
                .text("a/2.txt", "\ufeff two \n")
                .file("a.b/1.ir.tiff", TWO)
                .text("a/1.cls", "3\n")
                .file("a/2.x.png", TWO)
                .file("a/2.npy", ONE)
                .file("a/1.pyd", ONE)
                .file("a/._1.jpg", ONE)
                .file("__MACOSX/1.jpg", ONE)
                .entry("a/3.png", TarConstants.LF_SYMLINK)
                .text("a/1.json", "{}")
                .file("README", ONE)
                .to(tar());
        TarShard shard = TarShard.read(file);
        assertThat(shard.samples().stream().map(TarSample::key)).containsExactly("a/1", "a/2", "a.b/1", "README");
        TarSample first = shard.samples().get(0);
        assertThat(first.images()).containsOnlyKeys("");
        assertThat(image(first, "").bytes()).isEqualTo(ONE);
        assertThat(image(first, "").name()).isEqualTo("1.JPG");
        assertThat(first.label()).contains("3");
        assertThat(first.json()).contains("{}");
        assertThat(first.caption()).isEmpty();
        assertThat(shard.samples().get(1).caption()).contains("two");
        assertThat(image(shard.samples().get(1), "x").bytes()).isEqualTo(TWO);
        assertThat(image(shard.samples().get(2), "ir").bytes()).isEqualTo(TWO);
        assertThat(shard.others()).isEqualTo(Map.of("npy", 1, "pyd", 1, "", 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
    void longNamesAreWhole(int form) throws IOException {
        String name = "folder/" + "n".repeat(300) + ".png";
        Path file = new Tars().file(name, ONE).file("道路.png", TWO).to(tar(), form);
        List<TarSample> samples = TarShard.read(file).samples();
        TarImage image = image(samples.get(0), "");
        assertThat(image.entry()).isEqualTo(name);
        assertThat(image.bytes()).isEqualTo(ONE);
        assertThat(image.identity()).isEqualTo(file.toAbsolutePath() + " " + name);
        assertThat(samples.get(1).key()).isEqualTo("道路");
        assertThat(image(samples.get(1), "").bytes()).isEqualTo(TWO);
    }

    @Test
    void cutTarsAreRefused() throws IOException {
        byte[] all = Files.readAllBytes(new Tars()
                .file("1.png", new byte[2000])
                .file("2.png", new byte[2000])
                .to(tar()));
        Files.write(tar(), Arrays.copyOf(all, 4000));
        assertRefused(tar(), " entry 2.png: 2000 bytes from 3072 on reach past the tar's end at 4000: it is cut off");
        Files.write(tar(), Arrays.copyOf(all, 2700));
        assertRefused(tar(), ": has 2700 bytes, expected a multiple of 512: it is cut off");
        Files.write(tar(), Arrays.copyOf(all, 2560));
        assertThat(TarShard.read(tar()).isEnded()).isFalse();
        Files.write(tar(), all);
        assertThat(TarShard.read(tar()).isEnded()).isTrue();
        Files.write(tar(), all, StandardOpenOption.APPEND);
        assertRefused(tar(), ": goes on after its end, at byte 6144: if tars were put together with cat");
        Files.write(tar(), "x".repeat(2000).getBytes(StandardCharsets.UTF_8));
        assertRefused(tar(), ": cannot be read as a tar: ");
    }

    @Test
    void sizesThatNoTarHasAreRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(new Tars().file("1.png", ONE).to(tar()));
        System.arraycopy("77777777777".getBytes(StandardCharsets.US_ASCII), 0, bytes, 124, 11);
        fixChecksum(bytes);
        Files.write(tar(), bytes);
        assertRefused(tar(), " entry 1.png: 8589934591 bytes from 512 on reach past the tar's end");
        // In base 256: negative.
        Arrays.fill(bytes, 124, 136, (byte) 0xff);
        fixChecksum(bytes);
        Files.write(tar(), bytes);
        assertRefused(tar(), ": cannot be read as a tar: ");
    }

    private static void fixChecksum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += header[i] & 0xff;
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 8);
    }

    @Test
    void doubtfulPartsAreRefused() throws IOException {
        assertRefused(
                new Tars().file("1.png", ONE).file("1.jpg", TWO).to(tar()),
                " entry 1.jpg: is a second image of its sample beside 1.png: keep one");
        assertRefused(new Tars().text("1.txt", "a").text("1.txt", "b").to(tar()), " entry 1.txt: is there twice");
        assertRefused(
                new Tars().file("1.txt", new byte[] {(byte) 0xff, (byte) 0xfe}).to(tar()),
                " entry 1.txt: is not UTF-8");
        assertRefused(
                new Tars().file("1.json", new byte[(1 << 24) + 1]).to(tar()),
                " entry 1.json: has 16777217 bytes, expected at most 16777216");
        assertRefused(folder.resolve("none.tar"), ": cannot be read as a tar: it is not there");
        TarSample two = TarShard.read(
                        new Tars().text("1.txt", "a").text("1.caption", "b").to(tar()))
                .samples()
                .getFirst();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(two::caption)
                .withMessage(tar() + " sample 1: has the captions .txt and .caption, expected one: remove the other");
    }

    @Test
    void aTarThatBecameShorterIsRefused() throws IOException {
        Path file = new Tars().file("1.png", new byte[2000]).to(tar());
        TarImage image = image(TarShard.read(file).samples().getFirst(), "");
        assertThat(image).isEqualTo(new TarImage(file, "1.png", 512, 2000)).hasToString(file + " entry 1.png");
        Files.write(file, new byte[600]);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(image::bytes)
                .withMessage(file + " entry 1.png: the tar became shorter after it was opened");
        Files.delete(file);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(image::bytes)
                .withMessage(file + " entry 1.png: cannot be read: it is not there");
    }
}
