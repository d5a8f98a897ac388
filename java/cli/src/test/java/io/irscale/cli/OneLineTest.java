package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.error.InvalidInputException;
import org.junit.jupiter.api.Test;

final class OneLineTest {
    @Test
    void linesBecomeOneAndControlsShow() {
        assertThat(OneLine.of("a\r\n  b\tc\u2028d")).isEqualTo("a b c d");
        assertThat(OneLine.of("\u001b[31mred\u0007 \u202eright")).isEqualTo("\\u001b[31mred\\u0007 \\u202eright");
        assertThat(OneLine.of("日本 é 🦊")).isEqualTo("日本 é 🦊");
    }

    @Test
    void longTextLosesItsMiddle() {
        String text = "a".repeat(3000) + "end";
        assertThat(OneLine.of(text))
                .hasSize(1000)
                .startsWith("aaa")
                .contains("…")
                .endsWith("end");
        for (int most = 10; most < 20; most++) {
            String foxes = OneLine.shorten("🦊".repeat(20), most);
            assertThat(foxes).hasSizeBetween(most - 2, most).matches("🦊+…🦊+");
        }
    }

    @Test
    void onlyForeignFailuresShowTheirType() {
        assertThat(OneLine.of(new InvalidInputException("steps is 0"))).isEqualTo("steps is 0");
        assertThat(OneLine.of(new IllegalStateException("odd"))).isEqualTo("IllegalStateException: odd");
        assertThat(OneLine.of(new StackOverflowError())).isEqualTo("StackOverflowError");
    }
}
