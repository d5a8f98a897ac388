package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of numpy, and the distances that pytorch-fid gives for them. */
class NpzStatisticsTest {
    private static final Path GOLDENS = Path.of("src", "test", "goldens", "npz");

    @TempDir
    Path folder;

    private static ReferenceSet read(Path file, int dimensions) {
        return NpzStatistics.open(file).read(new FakeEncoder("inception", dimensions));
    }

    private static Features generated(int dimensions) {
        return read(GOLDENS.resolve(dimensions + "-generated.npz"), dimensions)
                .features()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "16-of-40, 16, 38.23743945652083, 1e-12",
        "64-of-200, 64, 130.62208929322674, 1e-12",
        "64-of-20, 64, 489.2697867684128, 1e-7",
        "stored, 16, 38.23743945652083, 1e-12",
        "versions, 16, 38.23743945652083, 1e-12",
        "big-endian-fortran, 16, 38.23743945652083, 1e-12",
        "float32, 16, 38.23743945652083, 1e-7",
        "kid, 16, 38.23743945652083, 1e-12",
        "kid-fortran, 16, 38.23743945652083, 1e-12"
    })
    void frechetDistanceIsPytorchFids(String name, int dimensions, double expected, double tolerance) {
        Moments moments = read(GOLDENS.resolve(name + ".npz"), dimensions).moments();
        assertThat(new FrechetDistance(moments, generated(dimensions)).value())
                .isCloseTo(expected, within(tolerance * expected));
    }

    @Test
    void featuresAreThoseOfTheArrayInEitherOrder() {
        Features features = read(GOLDENS.resolve("kid.npz"), 16).features().orElseThrow();
        assertThat(features.count()).isEqualTo(40);
        assertThat(features.values()).startsWith(-0.875f, -0.625f, 1.125f);
        double sum = 0;
        for (float value : features.values()) {
            sum += value;
        }
        assertThat(sum).isEqualTo(-87.6875);
        assertThat(read(GOLDENS.resolve("kid-fortran.npz"), 16)
                        .features()
                        .orElseThrow()
                        .values())
                .isEqualTo(features.values());
    }

    @Test
    void whatIsUsedAndWhatIsNotSaidIsTold() {
        NpzStatistics moments = NpzStatistics.open(GOLDENS.resolve("16-of-40.npz"));
        assertThat(moments.images()).isEmpty();
        assertThat(moments.description())
                .contains(
                        "16-of-40.npz: mu and sigma of 16 dimensions, by which fd alone is measured; the file does not say which network")
                .doesNotContain("left out");
        NpzStatistics features = NpzStatistics.open(GOLDENS.resolve("kid-fortran.npz"));
        assertThat(features.images()).hasValue(40);
        assertThat(features.description())
                .contains("feats of 40 images in 16 dimensions; the file does not say which network")
                .endsWith("left out: mu, labels");
    }

    @Test
    void ofADiagonalCovarianceIsTheSumOverDimensions() {
        // Deviations 2 and 3 and means 0 and 5 against deviations 1 and 1 around 0: 1 + 4 + 25.
        Path file = statistics(ofShape("2,", 0, 5), ofShape("2, 2", 4, 0, 0, 9));
        float root = (float) Math.sqrt(1.5);
        Features unit = Features.of(new float[] {root, 0, -root, 0, 0, root, 0, -root}, 4, 2);
        assertThat(new FrechetDistance(read(file, 2).moments(), unit).value()).isCloseTo(30, within(1e-6));
    }

    @Test
    void whatRoundingBroughtBelowZeroIsZero() {
        Path file = statistics(ofShape("2,", 0, 0), ofShape("2, 2", 4, 0, 0, -1e-7));
        Features still = Features.of(new float[] {1, 1, 1, 1}, 2, 2);
        assertThat(new FrechetDistance(read(file, 2).moments(), still).value()).isCloseTo(4 + 2, within(1e-12));
        Path none = statistics(ofShape("2,", 0, 0), ofShape("2, 2", 0, 0, 0, 0));
        assertThat(new FrechetDistance(read(none, 2).moments(), still).value()).isEqualTo(2);
    }

    @Test
    void statisticsOfAnotherNetworkAreRefused() {
        Path file = GOLDENS.resolve("16-of-40.npz");
        assertRefused(
                () -> read(file, 32), "statistics of 16 dimensions are of another network, expected 32 as encoder");
    }

    @Test
    void numbersThatAreNoCovarianceAreRefused() {
        byte[] mu = ofShape("2,", 0, 0);
        assertRefused(
                () -> read(statistics(mu, ofShape("2, 2", 4, 0, 0, -1)), 2),
                "sigma has the eigenvalue -1.0 beside 4.0, expected a covariance");
        assertRefused(
                () -> read(statistics(mu, ofShape("2, 2", 4, 1, 2, 4)), 2),
                "sigma has 2.0 in row 1, column 0 and 1.0 in row 0, column 1; expected a symmetric matrix");
        assertRefused(
                () -> read(statistics(mu, ofShape("2, 2", 4, 0, Double.NaN, 4)), 2),
                "sigma holds NaN in row 1, column 0, expected numbers up to 1.0E100");
        assertRefused(
                () -> read(statistics(ofShape("2,", 0, 1 / 0.0), ofShape("2, 2", 4, 0, 0, 4)), 2),
                "mu holds Infinity in row 0, column 1");
        assertRefused(
                () -> read(statistics(mu, ofShape("2, 2", 1e308, 0, 0, 4)), 2),
                "sigma holds 1.0E308 in row 0, column 0, expected numbers up to 1.0E100");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"'|O'\"|False|(2,)|is of type object, which is a pickle, expected float16, float32 or float64",
                "'<i8'|False|(2,)|is of type <i8, expected float16",
                "'<f16'|False|(2,)|is of type <f16, expected float16",
                "[('a', '<f8')]|False|(2,)|is of type a structure, expected float16",
                "'<f8'|Perhaps|(2,)|has a header without descr, fortran_order or shape",
                "'<f8'|False|2|has a header without descr, fortran_order or shape",
                "'<f8'|False|(2, 1, 1)|is of shape (2, 1, 1), expected at most 2 dimensions",
                "'<f8'|False|(99999, 99999)|is of shape (99999, 99999), expected at most 2 dimensions and 1 to",
                "'<f8'|False|(99999999999999999999,)|is of shape (99999999999999999999,), expected at most 2",
                "'<f8'|False|(0,)|is of shape (0,), expected at most 2 dimensions and 1 to",
                "'<f8'|False|()|holds mu of shape () and sigma of shape (2, 2), expected (d,) and (d, d)",
                "'<f8'|False|(3,)|holds mu of shape (3,) and sigma of shape (2, 2), expected (d,) and (d, d)",
                "'<f8'|False|(2, 2)|holds mu of shape (2, 2) and sigma of shape (2, 2), expected (d,) and (d, d)"
            })
    void headersThatLieOrAreOfAnotherKindAreRefused(String type, String fortran, String shape, String message) {
        byte[] mu = NpyBytes.of(
                "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n".formatted(type, fortran, shape), 0, 0);
        assertRefused(() -> NpzStatistics.open(statistics(mu, ofShape("2, 2", 4, 0, 0, 4))), message);
    }

    @Test
    void fewerOrMoreNumbersThanTheShapeSaysAreRefused() {
        byte[] sigma = ofShape("2, 2", 4, 0, 0, 4);
        assertRefused(() -> read(statistics(ofShape("2,", 0), sigma), 2), "mu is cut off, expected a whole file");
        assertRefused(
                () -> read(statistics(ofShape("2,", 0, 0, 0), sigma), 2), "mu has not the 2 numbers of its shape");
        byte[] cut = Arrays.copyOf(sigma, 40);
        assertRefused(() -> read(statistics(ofShape("2,", 0, 0), cut), 2), "sigma is cut off in its header");
        assertRefused(() -> read(statistics(new byte[3], sigma), 2), "mu is no array of numpy");
    }

    @Test
    void otherFilesAreRefusedByWhatTheyHold() throws IOException {
        Path other = NpyBytes.zip(folder.resolve("other.npz"), Map.of("arr_0.npy", ofShape("1,", 1)));
        assertRefused(() -> NpzStatistics.open(other), "holds arr_0; expected mu and sigma");
        Path empty = NpyBytes.zip(folder.resolve("empty.npz"), Map.of("weights.pt", new byte[1]));
        assertRefused(() -> NpzStatistics.open(empty), "holds no arrays; expected mu and sigma");
        Path text = Files.writeString(folder.resolve("text.npz"), "version https://git-lfs.github.com/spec/v1\n");
        assertRefused(() -> NpzStatistics.open(text), "is no whole zip, which a .npz is");
        Path single = NpyBytes.zip(folder.resolve("one.npz"), Map.of("feats.npy", ofShape("1, 2", 1, 2)));
        assertRefused(
                () -> NpzStatistics.open(single), "holds feats of shape (1, 2), expected (N, d) with N at least 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "16-of-40.npz"})
    void damagedBytesAreOneLineAndNoOtherNumbers(String name) throws IOException {
        byte[] whole = Files.readAllBytes(GOLDENS.resolve(name));
        double[] mean = read(GOLDENS.resolve(name), 16).moments().mean();
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Path file = Files.write(folder.resolve("damaged.npz"), bytes);
            try {
                assertThat(read(file, 16).moments().mean()).isEqualTo(mean);
            } catch (InvalidInputException e) {
                assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n", "Exception", "java.");
            }
        }
    }

    private static byte[] ofShape(String shape, double... values) {
        return NpyBytes.ofShape(shape, values);
    }

    private Path statistics(byte[] mu, byte[] sigma) {
        return NpyBytes.zip(folder.resolve("made.npz"), Map.of("mu.npy", mu, "sigma.npy", sigma));
    }

    private static void assertRefused(Runnable reading, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(reading::run)
                .withMessageContaining(".npz")
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }
}
