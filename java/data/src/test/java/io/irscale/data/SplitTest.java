package io.irscale.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.image.ImageSource;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static final Map<String, Double> PARTS = fractions(0.5, 0.3, 0.2);

    @Test
    void partsShareNoVideoAndLoseNoImage() {
        Dataset dataset = dataset("x", 40, 25);
        Split split = Split.byGroup(dataset, PARTS, 7);
        assertThat(split.parts().keySet()).containsExactly("lora", "verifier", "reference");
        Set<String> groups = new TreeSet<>();
        List<Sample> samples = new ArrayList<>();
        split.parts().values().forEach(part -> {
            assertThat(groups).doesNotContainAnyElementsOf(part.groups());
            groups.addAll(part.groups());
            samples.addAll(part.samples());
        });
        assertThat(samples).containsExactlyInAnyOrderElementsOf(dataset.samples());
        assertThat(split.part("lora").samples()).hasSize(500);
        assertThat(split.part("verifier").samples()).hasSize(300);
        assertThat(split.part("reference").samples()).hasSize(200);
    }

    @Test
    void theSeedDecidesAndNothingElse() {
        Set<String> first =
                Split.byGroup(dataset("x", 40, 25), PARTS, 7).part("lora").groups();
        Dataset reversed =
                dataset("x", 40, 25).with(dataset("x", 40, 25).samples().reversed());
        assertThat(Split.byGroup(reversed, PARTS, 7).part("lora").groups()).isEqualTo(first);
        assertThat(Split.byGroup(reversed, PARTS, 8).part("lora").groups()).isNotEqualTo(first);
        // Written down once: it has to hold on other machines and in later versions.
        assertThat(Split.byGroup(dataset("x", 5, 1), PARTS, 0).part("reference").groups())
                .containsExactly("x3");
    }

    @Test
    void whatCannotBeSplitIsRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Split.byGroup(dataset("x", 2, 5), PARTS, 0))
                .withMessage("split reference: is empty; 10 images in 2 groups do not fill " + PARTS);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Split.byGroup(dataset("x", 9, 1), fractions(0.5, 0.5, 0), 0))
                .withMessage("split reference: fraction 0.0, expected above 0");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Split.byGroup(dataset("x", 9, 1), fractions(0.5, 0.25, 0.5), 0))
                .withMessage("split: fractions add up to 1.25, expected 1");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Split.byGroup(dataset("x", 9, 1), PARTS, 0).part("test"))
                .withMessage("split test: is not there, expected one of [lora, verifier, reference]");
    }

    @Test
    void partsThatShareFramesAreRefused() {
        Dataset a = dataset("a", 3, 2);
        assertThat(Split.of(Map.of("lora", a, "reference", dataset("b", 3, 2))).parts())
                .hasSize(2);
        Map<String, Dataset> sameVideo = new LinkedHashMap<>();
        sameVideo.put("lora", a.with(a.samples().subList(0, 3)));
        sameVideo.put("reference", a.with(a.samples().subList(3, 6)));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Split.of(sameVideo))
                .withMessage("split: group a1 is in lora and in reference, expected in one");
        Sample copy = new Sample(
                ImageSource.of(
                        Path.of("./").resolve(a.samples().getFirst().image().file())),
                Optional.empty(),
                Optional.empty(),
                "other",
                Map.of());
        Map<String, Dataset> sameFile = new LinkedHashMap<>();
        sameFile.put("lora", a);
        sameFile.put("reference", a.with(List.of(copy)));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Split.of(sameFile))
                .withMessageEndingWith("a0_0.png is in lora and in reference, expected in one");
    }

    private static Map<String, Double> fractions(double lora, double verifier, double reference) {
        Map<String, Double> fractions = new LinkedHashMap<>();
        fractions.put("lora", lora);
        fractions.put("verifier", verifier);
        fractions.put("reference", reference);
        return fractions;
    }

    private static Dataset dataset(String name, int groups, int each) {
        List<Sample> samples = IntStream.range(0, groups * each)
                .mapToObj(i -> new Sample(
                        ImageSource.of(Path.of("%s%d_%d.png".formatted(name, i / each, i % each))),
                        Optional.empty(),
                        Optional.empty(),
                        name + i / each,
                        Map.of()))
                .toList();
        return new Dataset(name, "made up", "photo", samples, List.of());
    }
}
