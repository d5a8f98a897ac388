package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.Captions;
import io.irscale.data.Dataset;
import io.irscale.data.Inspection;
import io.irscale.data.Sample;
import io.irscale.data.Split;
import io.irscale.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the real images of HIT-UAV, resized, where they are at hand. */
class RealHitUavTest {
    private static final Path FOLDER = Path.of(System.getProperty("irscale.shared", "../../../shared"), "data/hit-uav");

    @BeforeAll
    static void needsTheImages() {
        Assumptions.assumeTrue(Files.isDirectory(FOLDER), () -> "HIT-UAV is not at " + FOLDER);
    }

    @Test
    void itIsReadWhole() {
        Dataset dataset = Datasets.open(FOLDER);
        assertThat(dataset.name()).isEqualTo("HIT-UAV");
        assertThat(dataset.samples().size()).isEqualTo(2319);
        assertThat(dataset.groups()).allMatch(group -> group.matches("HIT-UAV [01]_\\d+_\\d+_\\d+"));
        assertThat(dataset.samples()).allMatch(sample -> sample.attributes().get("time") != null);
    }

    /**
     * The captions of its metadata were written by another program. It says "no people or vehicles" where there is no
     * box, which the template leaves out: other datasets have boxes for people only.
     */
    @Test
    void theTemplateWritesTheCaptionsOfItsMetadata() {
        Dataset dataset = Datasets.open(FOLDER);
        Captions captions = Captions.of(dataset.template());
        List<Sample> filled = dataset.samples().stream()
                .filter(sample -> sample.boxes().map(boxes -> !boxes.isEmpty()).orElse(false))
                .toList();
        assertThat(filled.size()).isEqualTo(2295);
        assertThat(filled).allSatisfy(sample -> assertThat(captions.of(sample)).isEqualTo(sample.caption()));
    }

    @Test
    void itSplitsByGroupAndItsOwnFoldersShareGroups() {
        Split split = Split.byGroup(Datasets.open(FOLDER), Map.of("lora", 0.7, "reference", 0.3), 0);
        assertThat(split.part("lora").groups())
                .doesNotContainAnyElementsOf(split.part("reference").groups());
        assertThat(split.part("lora").samples().size()).isBetween(1600, 1647);
        Dataset train = Datasets.open(FOLDER.resolve("train"));
        Dataset val = Datasets.open(FOLDER.resolve("val"));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Split.of(Map.of("train", train, "val", val)))
                .withMessageStartingWith("split: group HIT-UAV ");
    }

    @Test
    void nothingIsWrongWithIt() {
        Inspection inspection = Inspection.of("set", Datasets.open(FOLDER.resolve("val")), Optional.empty(), _ -> {});
        assertThat(inspection.faults()).isEmpty();
        assertThat(inspection.written()).isEqualTo(290);
        assertThat(inspection.sizes()).isEqualTo(Map.of("320x256", 290));
    }
}
