package io.irscale.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.image.ImageSource;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetShardTest {
    private static final Path GOLDENS = Path.of("src/test/goldens/shards");

    @TempDir
    Path folder;

    private static ParquetShard read(Path file, long window) {
        return ParquetShard.read(file, new ImageWindow(window));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lz4       | : is compressed with LZ4_RAW, expected UNCOMPRESSED, SNAPPY, GZIP or ZSTD
            brotli    | : is compressed with BROTLI, expected UNCOMPRESSED, SNAPPY, GZIP or ZSTD
            null      | ' row 1: has no image, expected its bytes: leave the row out'
            nothing   | ' row 1: has no image, expected its bytes: leave the row out'
            missing   | ' row 0: has no image bytes and names ../../loose/000000.png, which is not a file: write the bytes'
            sides     | ': has the image columns left, right and none alone has an infrared name'
            none      | ': has no image column among file_name, label; expected bytes, or {bytes, path}'
            list      | ': has no image column among images (a list); expected'
            """, ignoreLeadingAndTrailingWhitespace = true)
    void tablesAreRefusedInOneLine(String name, String message) {
        Path file = GOLDENS.resolve("edge").resolve(name + ".parquet");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(file, 100))
                .withMessageStartingWith(file + message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void anEmptyTableHasNoRows() {
        assertThat(read(GOLDENS.resolve("edge/empty.parquet"), 100).rows()).isEmpty();
    }

    // Six images of 272 bytes and one of 464, in groups of 4 and 2 rows.
    @ParameterizedTest
    @ValueSource(longs = {0, 300, 800, 10_000})
    void aWindowOfAnySizeGivesTheSameImages(long window) throws IOException {
        List<ImageSource> images = read(GOLDENS.resolve("zstd/all.parquet"), window).rows().stream()
                .map(ParquetRow::image)
                .toList();
        for (int i : IntStream.concat(IntStream.range(0, 6), IntStream.of(5, 3, 3, 0, 4, 2, 1))
                .toArray()) {
            assertThat(images.get(i).bytes())
                    .isEqualTo(Files.readAllBytes(GOLDENS.resolve("loose/00000%d.png".formatted(i))));
        }
    }

    @Test
    void imagesOfTwoReadingsAreEqual() {
        Path file = GOLDENS.resolve("zstd/all.parquet");
        ImageSource image = read(file, 1).rows().get(4).image();
        assertThat(image)
                .isEqualTo(read(file, 2).rows().get(4).image())
                .hasSameHashCodeAs(read(file, 2).rows().get(4).image())
                .isNotEqualTo(read(file, 1).rows().get(5).image());
        assertThat(image.identity()).isEqualTo(file.toAbsolutePath() + " row 4");
    }

    @Test
    void filesThatAreCutOrNoTablesAreRefused() throws IOException {
        byte[] all = Files.readAllBytes(GOLDENS.resolve("zstd/all.parquet"));
        Path file = folder.resolve("a.parquet");
        for (int length : new int[] {0, 3, 11, 12, 100, all.length - 1}) {
            Files.write(file, Arrays.copyOf(all, length));
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> read(file, 100))
                    .withMessageStartingWith(file + ": cannot be read as Parquet: ")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        }
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> read(folder.resolve("none.parquet"), 100))
                .withMessage(folder.resolve("none.parquet") + ": cannot be read as Parquet: it is not there");
    }

    @Test
    void aFileThatChangedAfterItWasOpenedIsRefused() throws IOException {
        Path file = folder.resolve("a.parquet");
        Files.copy(GOLDENS.resolve("zstd/all.parquet"), file);
        ImageSource image = read(file, 100).rows().get(5).image();
        Files.delete(file);
        Files.copy(GOLDENS.resolve("edge/binary.parquet"), file);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(image::bytes)
                .withMessageStartingWith(file.toString());
    }

    @Test
    void aPageThatClaimsToBeLongerThanItsColumnIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(GOLDENS.resolve("zstd/all.parquet"));
        // The compressed size in the header of the first page of images.
        bytes[11] = 0x7e;
        Path file = Files.write(folder.resolve("a.parquet"), bytes);
        ImageSource image = read(file, 1000).rows().getFirst().image();
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatExceptionOfType(InvalidInputException.class)
                        .isThrownBy(image::bytes)
                        .withMessageStartingWith(file + ": cannot be read as Parquet: "));
    }

    @Test
    void damageIsOneLineAndNeverHangs() throws IOException {
        byte[] all = Files.readAllBytes(GOLDENS.resolve("parquet/data/train-00000-of-00002.parquet"));
        Random random = new Random(5);
        for (int trial = 0; trial < 100; trial++) {
            byte[] damaged = all.clone();
            for (int i = 0; i < 3; i++) {
                damaged[random.nextInt(all.length)] = (byte) random.nextInt(256);
            }
            Path file = folder.resolve("d%d.parquet".formatted(trial));
            Files.write(file, damaged);
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                try {
                    read(file, 1000).rows().forEach(row -> row.image().bytes());
                } catch (InvalidInputException e) {
                    assertThat(e.getMessage())
                            .startsWith(file.toString())
                            .doesNotContain("\n")
                            .doesNotContain("java.");
                }
            });
        }
    }
}
