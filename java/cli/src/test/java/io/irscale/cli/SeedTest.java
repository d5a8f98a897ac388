package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** What {@code torch.Generator().manual_seed(s).initial_seed()} says, seed by seed. */
class SeedTest {
    private static long read(String text) {
        return new Converters.OfSeed().convert(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "+7, 7",
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775808",
        "18446744073709551615, 18446744073709551615",
        "-1, 18446744073709551615",
        "-9223372036854775808, 9223372036854775808"
    })
    void isTorchsAndCanBeGivenAgain(String given, String told) {
        BigInteger seed = Converters.seed(read(given));
        assertThat(seed).hasToString(told);
        assertThat(read(seed.toString())).isEqualTo(read(given));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "18446744073709551616",
                "-9223372036854775809",
                "99999999999999999999999999",
                "1.5",
                "1e3",
                "",
                "0x10"
            })
    void outOfRangeIsOneLine(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> read(text))
                .withMessage("seed is '" + text
                        + "', expected a whole number from -2^63 to 2^64 - 1 (18446744073709551615)");
    }

    @Test
    void namesOfImagesGoOnFromTheLastSeedToTheFirst() {
        assertThat(GenerateFiles.image(0, read("9223372036854775808"))).isEqualTo("000-seed9223372036854775808.png");
        assertThat(GenerateFiles.image(0, read("-1"))).isEqualTo("000-seed18446744073709551615.png");
        assertThat(GenerateFiles.image(0, read("-1") + 1)).isEqualTo("000-seed0.png");
    }
}
