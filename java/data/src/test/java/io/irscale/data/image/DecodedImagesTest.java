package io.irscale.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.decode.CountRange;
import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import io.irscale.report.Png;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files that tifffile and Pillow wrote, and the samples that they read out of them. */
class DecodedImagesTest {
    private static final Path FOLDER = Path.of("src/test/goldens/images");

    @TempDir
    Path folder;

    private static JsonNode json(String name) throws IOException {
        return JsonMapper.builder().build().readTree(Files.readString(FOLDER.resolve(name)));
    }

    private static ImageSource source(String name) {
        return ImageSource.of(FOLDER.resolve(name));
    }

    static Stream<String> files() throws IOException {
        return json("expected.json").propertyNames().stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void samplesAreThoseOfAnIndependentReader(String name) throws IOException {
        JsonNode expected = json("expected.json").get(name);
        int height = expected.get("shape").get(0).intValue();
        int width = expected.get("shape").get(1).intValue();
        int channels = expected.get("shape").size() == 2 ? 1 : 3;
        boolean counts = expected.has("counts");
        RawImage image = counts ? ImageFile.counts(source(name)) : ImageFile.picture(source(name));
        assertThat(List.of(image.height(), image.width(), image.channels())).containsExactly(height, width, channels);
        // Colour JPEGs may round otherwise; grey ones and all others are exact.
        double tolerance = name.startsWith("rgb444") ? 1 : 0;
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < height * width; i++) {
                double want = expected.get("values").get(i * channels + channel).doubleValue(Double.NaN);
                assertThat(image.samples()[channel * height * width + i])
                        .as("%s channel %d pixel %d", name, channel, i)
                        .isCloseTo(want, within(tolerance));
            }
        }
    }

    @Test
    void typesAreTheFiles() {
        assertThat(ImageFile.picture(source("c14.tiff")).type()).hasToString("16-bit counts");
        assertThat(ImageFile.picture(source("i16-predictor.tiff")).type()).hasToString("16-bit signed counts");
        assertThat(ImageFile.picture(source("f16-predictor.tiff")).type()).hasToString("16-bit floats");
        assertThat(ImageFile.picture(source("f64.tiff")).type()).hasToString("64-bit floats");
        assertThat(ImageFile.picture(source("palette.png")).type()).hasToString("8-bit pixels");
        assertThat(ImageFile.picture(source("u16-white-is-zero.tiff")).whiteIsZero())
                .isTrue();
        assertThat(ImageFile.picture(source("pages.tiff")).pages()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "259, 50000, is compressed by Zstandard (50000)",
        "259, 34887, is compressed by LERC (34887)",
        "258, 64, has whole numbers of 64 bits"
    })
    void whatTheReaderDoesNotKnowIsNamed(int tag, int value, String message) throws IOException {
        byte[] bytes = Files.readAllBytes(FOLDER.resolve("u8.tiff"));
        ByteBuffer tiff = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int directory = tiff.getInt(4);
        for (int i = 0; i < tiff.getShort(directory); i++) {
            int entry = directory + 2 + 12 * i;
            if (tiff.getShort(entry) == tag) {
                tiff.putShort(entry + 8, (short) value);
            }
        }
        Path file = Files.write(folder.resolve("other.tiff"), bytes);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ImageFile.picture(ImageSource.of(file)))
                .withMessageContaining(message)
                .withMessageContaining("expected");
    }

    @Test
    void aRadiometricJpegIsAPictureUnlessCountsAreAskedFor() {
        for (String name : List.of("flir-png.jpg", "flir-raw.jpg", "dji.jpg")) {
            assertThat(ImageFile.picture(source(name)).samples())
                    .isEqualTo(ImageFile.picture(source("grey.jpg")).samples());
            assertThat(ImageFile.look(source(name), false, false).carriesCounts())
                    .isTrue();
            assertThat(ImageFile.counts(source(name)).type()).hasToString("16-bit counts");
        }
        assertThat(ImageFile.look(source("grey.jpg"), true, false).carriesCounts())
                .isFalse();
        assertThat(ImageFile.counts(source("grey.jpg")).type()).hasToString("8-bit pixels");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"flir-png.jpg", "flir-raw.jpg", "dji.jpg", "u16-bigtiff.tiff", "f16-predictor.tiff", "grey16.png"
            })
    void damageIsOneLine(String name) throws IOException {
        byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
        Path cut = folder.resolve(name);
        int read = 0;
        for (int i = 0; i < whole.length; i += 3) {
            byte[] bytes = whole.clone();
            bytes[i] ^= 0x55;
            for (byte[] damaged : List.of(Arrays.copyOf(whole, i), bytes)) {
                Files.write(cut, damaged);
                try {
                    ImageFile.counts(ImageSource.of(cut));
                    read++;
                } catch (InvalidInputException e) {
                    assertThat(e.getMessage()).startsWith(cut.toString()).doesNotContain("\n", "Exception", "java.");
                }
            }
        }
        assertThat(read).isLessThan(whole.length);
    }

    @Test
    void aSmallFileThatClaimsToBeHugeIsRefused() throws IOException {
        Path file = folder.resolve("huge.png");
        Png.writeGrey8(file, 4, 4, new byte[16], Map.of());
        ByteBuffer png = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int edge : new int[] {20_000, 30_000, 2_000_000_000}) {
            png.putInt(16, edge).putInt(20, edge);
            CRC32 crc = new CRC32();
            crc.update(png.array(), 12, 17);
            png.putInt(29, (int) crc.getValue());
            Files.write(file, png.array());
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> Scaling.pictures().read(ImageSource.of(file)))
                    .withMessageContaining("huge.png: ")
                    .withMessageContaining("expected");
        }
    }

    @Test
    void sixteenBitsGoRoundWithoutLoss() {
        CountRange range = new CountRange(7000, 9120);
        RawImage counts = ImageFile.counts(source("c14.tiff"));
        Path file = folder.resolve("counts.png");
        Image image = new Scaling.Fixed(range).read(source("c14.tiff"));
        Png.writeGrey16(file, 13, 11, image.counts16(range), Map.of(CountRange.KEY, range.toString()));
        assertThat(ImageFile.counts(ImageSource.of(file)).samples()).isEqualTo(counts.samples());
        // And it is read back by what it states, whatever is chosen for others.
        assertThat(Arrays.equals(Scaling.pictures().read(ImageSource.of(file)).values(), image.values()))
                .isTrue();
        assertThat(new Scaling.Fixed(new CountRange(0, 10))
                        .read(ImageSource.of(file))
                        .values())
                .isEqualTo(image.values());
        short[] full = new short[65536];
        for (int i = 0; i < full.length; i++) {
            full[i] = (short) i;
        }
        Path all = folder.resolve("all.png");
        Png.writeGrey16(all, 256, 256, full, Map.of());
        assertThat(Scaling.pictures().read(ImageSource.of(all)).grey16()).isEqualTo(full);
        CountRange odd = new CountRange(3, 65531);
        assertThat(new Scaling.Fixed(odd).read(ImageSource.of(all)).counts16(odd)[40_000])
                .isEqualTo(full[40_000]);
    }

    private static ScalingRule rule(Optional<RangeChoice> choice, String... names) {
        return ScalingRule.of(
                "set", choice, Stream.of(names).map(DecodedImagesTest::source).toList(), _ -> {});
    }

    private static Optional<RangeChoice> choice(String text) {
        return Optional.of(RangeChoice.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"c14.tiff", "i16.tiff", "f32.tiff", "f64.tiff", "u12.tiff", "i32.tiff", "i8.tiff"})
    void countsWithoutARangeAreRefusedWithWhatWasFound(String name) {
        RawImage image = ImageFile.picture(source(name));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> rule(Optional.empty(), "u8.tiff", name))
                .withMessage(
                        "%s: has %s, and 1 of 2 images in set hold %s: say which are black and white by --range %s, percentile:1,99 or frame:1,99"
                                .formatted(source(name), image.type(), image.extent(), image.extent()));
    }

    @Test
    void theRangeThatIsFoundHoldsAllSamplesInFewDigits() {
        assertThat(new Extent(280.0234375, 319.9987654321)).hasToString("280.023..319.999");
        assertThat(new Extent(-0.00123456789, 65535)).hasToString("-0.00123457..65535");
    }

    @Test
    void whatFillsItsTypeIsAPictureAndSaidToBe() {
        assertThat(rule(Optional.empty(), "u16-be.tiff", "u16-packbits.tiff").notes())
                .singleElement()
                .asString()
                .startsWith("set: 2 of 2 images have 16-bit counts, ")
                .endsWith(", and are read as pictures, with 0..65535 as black to white; --range says otherwise");
        assertThat(rule(Optional.empty(), "f16.tiff").notes())
                .singleElement()
                .asString()
                .contains("with 0..1 as");
        assertThat(rule(Optional.empty(), "grey.jpg", "u8.tiff").notes()).isEmpty();
        assertThat(rule(Optional.empty(), "dji.jpg", "grey.jpg").notes())
                .containsExactly(
                        "set: 1 of 2 images are radiometric JPEGs, and are read as the pictures that the camera drew; --range reads their counts");
        assertThat(rule(Optional.empty(), "pages.tiff").notes())
                .contains("set: 1 of 1 images have several pages: the first is read");
    }

    @Test
    void eightBitsInSixteenArePictures() {
        Path file = folder.resolve("widened.png");
        Png.writeGrey16(file, 2, 1, new short[] {100 * 257, 101 * 257}, Map.of());
        ScalingRule rule = ScalingRule.of("set", Optional.empty(), List.of(ImageSource.of(file)), _ -> {});
        assertThat(rule.notes()).isEmpty();
        assertThat(rule.scaling().read(ImageSource.of(file)).values()[1]).isEqualTo(101 / 255f);
    }

    @Test
    void percentilesAreNumPys() throws IOException {
        for (String name : List.of("c14", "f32")) {
            JsonNode ends = json("percentiles.json").get(name);
            CountRange range = rule(choice("percentile:1,99"), name + ".tiff")
                    .scaling()
                    .range()
                    .orElseThrow();
            assertThat(range.min()).isCloseTo(ends.get(0).doubleValue(), within(1e-9));
            assertThat(range.max()).isCloseTo(ends.get(1).doubleValue(), within(1e-9));
            Image image = rule(choice("frame:1,99"), name + ".tiff").scaling().read(source(name + ".tiff"));
            RawImage raw = ImageFile.picture(source(name + ".tiff"));
            for (int i = 0; i < raw.samples().length; i++) {
                assertThat(image.values()[i]).isEqualTo((float) range.value(raw.samples()[i]));
            }
        }
        JsonNode both = json("percentiles.json").get("both");
        ScalingRule rule = rule(choice("percentile:2.5,97.5"), "c14.tiff", "grey.jpg", "u16-be.tiff");
        CountRange range = rule.scaling().range().orElseThrow();
        assertThat(range.min()).isCloseTo(both.get(0).doubleValue(), within(1e-9));
        assertThat(range.max()).isCloseTo(both.get(1).doubleValue(), within(1e-9));
        assertThat(rule.notes()).containsExactly("set: 2 of 3 images become black to white by " + range);
        assertThat(Scaling.parse(rule.scaling().toString())).isEqualTo(rule.scaling());
        assertThat(Scaling.parse("pictures")).isEqualTo(Scaling.pictures());
        assertThat(Scaling.parse("frame:1,99.5")).isEqualTo(new Scaling.PerFrame(new Percentiles(1, 99.5)));
    }

    @Test
    void pixelsThatAreNoNumbersAreBlackAndSaidToBe() {
        ScalingRule rule = rule(choice("280..320"), "f32-nan.tiff");
        assertThat(rule.notes())
                .contains("set: 1 of 1 images have pixels that are no numbers (NaN): they become black");
        Image image = rule.scaling().read(source("f32-nan.tiff"));
        assertThat(image.values()[2 * 13 + 3]).isZero();
        assertThat(image.values()).doesNotContain(Float.NaN);
    }

    @Test
    void whiteIsZeroTurnsRound() {
        Image light = Scaling.pictures().read(source("u16-be.tiff"));
        Image dark = Scaling.pictures().read(source("u16-white-is-zero.tiff"));
        for (int i = 0; i < light.values().length; i++) {
            assertThat(light.values()[i] + dark.values()[i]).isCloseTo(1, within(1e-6f));
        }
    }

    @Test
    void aRangeReadsCountsAndLeavesPicturesAlone() {
        Scaling scaling = rule(choice("7000..9120"), "flir-png.jpg", "u8.tiff").scaling();
        RawImage counts = ImageFile.counts(source("c14.tiff"));
        assertThat(scaling.read(source("flir-png.jpg")).values()[5])
                .isEqualTo((float) ((counts.samples()[5] - 7000) / 2120));
        assertThat(scaling.read(source("u8.tiff")).values())
                .isEqualTo(Scaling.pictures().read(source("u8.tiff")).values());
        assertThat(rule(choice("1..2"), "u8.tiff").notes())
                .containsExactly("set: --range 1..2 changes nothing: no image has more than 8 bits or floats");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "9..7",
                "1..nan",
                "1..1e999",
                "percentile:",
                "percentile:99,1",
                "frame:0,101",
                "a..b",
                "1..2..3"
            })
    void otherRangesAreRefused(String text) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> RangeChoice.parse(text))
                .withMessageContaining("expected");
    }
}
