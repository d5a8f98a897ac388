package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HardNegativesTest {
    private static final String CAPTION =
            "an infrared aerial photo at day from 100 m looking at 30 degrees, with one car and two people";

    @Test
    void differInOneThingAndAgreeInNumber() {
        SplittableRandom random = new SplittableRandom(1);
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            seen.add(HardNegatives.of(CAPTION, random));
        }
        assertThat(seen).doesNotContain(CAPTION).hasSizeGreaterThan(30);
        assertThat(seen).contains(CAPTION.replace("day", "night"), CAPTION.replace("one car", "three cars"));
        assertThat(seen).contains(CAPTION.replace("one car", "one bicycle"), CAPTION.replace("100", "60"));
        assertThat(seen).contains(CAPTION.replace("two people", "one person"));
        assertThat(seen).noneMatch(text -> text.matches(".*\\bone (cars|people|bicycles|vehicles).*"));
        assertThat(seen).noneMatch(text -> text.matches(".*\\b(two|many) (car|person|bicycle|vehicle)\\b.*"));
    }

    @Test
    void aCaptionWithoutSuchWordsStays() {
        assertThat(HardNegatives.of("a thermal image", new SplittableRandom(1))).isEqualTo("a thermal image");
    }
}
