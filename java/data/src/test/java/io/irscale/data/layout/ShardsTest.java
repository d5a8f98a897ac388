package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.data.Box;
import io.irscale.data.Dataset;
import io.irscale.data.Inspection;
import io.irscale.data.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files that datasets 5.0.1, pyarrow 25 and tarfile wrote; see the goldens' README. */
class ShardsTest {
    static final Path GOLDENS = Path.of("src/test/goldens/shards");

    @TempDir
    Path folder;

    private static Dataset open(String name) {
        return Datasets.open(GOLDENS.resolve(name));
    }

    private static List<Sample> loose() {
        return open("loose").samples().stream()
                .sorted(Comparator.comparing(sample -> sample.image().name()))
                .toList();
    }

    private static void assertSameAsLoose(Dataset dataset) {
        List<Sample> expected = loose();
        assertThat(dataset.samples()).hasSize(6);
        for (int i = 0; i < 6; i++) {
            Sample actual = dataset.samples().get(i);
            assertThat(actual.caption()).isPresent().isEqualTo(expected.get(i).caption());
            assertThat(actual.boxes()).isPresent().isEqualTo(expected.get(i).boxes());
            assertThat(actual.group()).isEqualTo(expected.get(i).group());
            assertThat(actual.attributes())
                    .containsEntry("time", expected.get(i).attributes().get("time"));
            assertThat(actual.image().bytes()).isEqualTo(expected.get(i).image().bytes());
        }
        assertThat(Inspection.of("set", dataset, Optional.empty(), _ -> {}).sizes())
                .isEqualTo(Map.of("16x12", 6));
    }

    @Test
    void allFormsHaveTheSameSamples() {
        assertThat(loose().get(1).caption()).contains("a \"warm\" roof");
        assertThat(loose().get(3).caption()).contains("道路 over a bridge");
        assertThat(loose().get(1).boxes())
                .contains(List.of(new Box("person", 0, 0, 2, 6), new Box("car", 8, 3, 4, 4.25)));
        for (String form : List.of("parquet", "zstd", "tar")) {
            assertSameAsLoose(open(form));
        }
    }

    @Test
    void webDatasetHasItsNameSplitAndPlaces() {
        Dataset dataset = open("tar");
        assertThat(dataset.name()).isEqualTo("WebDataset");
        assertThat(dataset.source()).isEqualTo(GOLDENS.resolve("tar") + ": terms not stated");
        assertThat(dataset.template()).isEqualTo("an infrared photo{objects}");
        assertThat(dataset.notes()).isEmpty();
        assertThat(dataset.samples().getFirst().attributes()).isEqualTo(Map.of("split", "train", "time", "night"));
        assertThat(dataset.samples().getLast().image())
                .hasToString(GOLDENS.resolve("tar/train-000001.tar") + " entry 000005.png");
        assertThat(dataset.samples().getLast().image().file()).isEqualTo(GOLDENS.resolve("tar/train-000001.tar"));
    }

    @Test
    void parquetHasItsNameSplitAndPlaces() {
        Dataset dataset = open("parquet");
        assertThat(dataset.name()).isEqualTo("Parquet shards");
        assertThat(dataset.source()).isEqualTo(GOLDENS.resolve("parquet") + ": terms not stated");
        assertThat(dataset.notes()).isEmpty();
        assertThat(dataset.samples().getFirst().attributes()).isEqualTo(Map.of("split", "train", "time", "night"));
        assertThat(dataset.samples().getLast().image().name()).isEqualTo("000005.png");
        assertThat(dataset.samples().getLast().image())
                .hasToString(GOLDENS.resolve("parquet/data/train-00001-of-00002.parquet") + " row 2");
        assertThat(open("zstd").samples().get(4).image().name()).isEqualTo("row-4");
    }

    @Test
    void aFileAloneIsADataset() {
        Path tar = GOLDENS.resolve("tar/train-000001.tar");
        assertThat(Datasets.open(tar).samples().stream()
                        .map(sample -> sample.image().name()))
                .containsExactly("000003.png", "000004.png", "000005.png");
        assertThat(Datasets.open(tar).source()).isEqualTo(tar + ": terms not stated");
        assertSameAsLoose(open("zstd/all.parquet"));
    }

    @Test
    void groupsDoNotDependOnWhereTheDatasetLiesOrHowItIsOpened() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("set"));
        Files.copy(GOLDENS.resolve("edge/binary.parquet"), inner.resolve("b.parquet"));
        assertThat(Datasets.open(inner).groups()).containsExactly("set/b.parquet/0", "set/b.parquet/1");
        assertThat(Datasets.open(inner.resolve("b.parquet")).groups())
                .isEqualTo(Datasets.open(folder.resolve("set/../set")).groups());
    }

    @Test
    void theSplitIsInTheNameOrTheFoldersName() {
        assertThat(Stream.of(
                                "train-00000-of-00003.parquet",
                                "night_drive-00001-of-00003.parquet",
                                "test-000012.tar",
                                "Validation_3.tar",
                                "val/0000.parquet",
                                "data/0000.parquet",
                                "trains.tar")
                        .map(name -> Shards.split(Path.of("root").resolve(name))))
                .containsExactly("train", "night_drive", "test", "validation", "val", "", "");
    }

    @Test
    void namesOfClassesComeFromTheFile() {
        List<Sample> samples = open("edge/labels-00000-of-00001.parquet").samples();
        assertThat(samples.get(0).boxes()).contains(List.of(new Box("person", 1, 2, 3, 4), new Box("car", 0, 0, 1, 1)));
        assertThat(samples.get(0).attributes()).isEqualTo(Map.of("split", "labels", "label", "hot"));
        assertThat(samples.get(1).boxes()).contains(List.of());
        assertThat(samples.get(1).attributes()).isEqualTo(Map.of("split", "labels"));
    }

    @Test
    void columnsOfBytesHaveImagesAndOthersKeepTheirKinds() {
        Dataset dataset = open("edge/binary.parquet");
        assertThat(dataset.notes())
                .containsExactly(
                        "of the image columns image, mask, image is read",
                        "columns that are not read, being bytes, maps or of a name with a dot: mask, file.name");
        assertThat(dataset.samples().get(0).caption()).contains("one, \"two\"");
        assertThat(dataset.samples().get(1).caption()).isEmpty();
        assertThat(dataset.samples().get(0).attributes())
                .isEqualTo(Map.of("time", "day", "when", "2024-10-04", "warm", "true", "celsius", "21.5"));
        assertThat(dataset.samples().get(1).attributes())
                .containsKeys("when", "warm")
                .doesNotContainKeys("time", "celsius");
        Inspection inspection = Inspection.of("set", dataset, Optional.empty(), _ -> {});
        assertThat(inspection.sizes()).isEqualTo(Map.of("4x3", 2));
    }

    @Test
    void theInfraredColumnIsRead() {
        Dataset dataset = open("edge/thermal.parquet");
        assertThat(dataset.notes())
                .containsExactly(
                        "of the image columns visible, thermal_image, thermal_image is read",
                        "columns that are not read, being bytes, maps or of a name with a dot: visible");
        assertThat(dataset.samples().getFirst().image().name()).isEqualTo("t.png");
    }

    @Test
    void imagesBesideATableAreRead() {
        Dataset dataset = open("edge/path/data.parquet");
        Path beside = GOLDENS.resolve("edge/path/in/beside.png");
        assertThat(dataset.samples().getFirst().image().file()).isEqualTo(beside);
        assertThat(dataset.samples().stream().map(sample -> sample.caption().orElse("")))
                .containsExactly("a", "b");
        assertThat(Inspection.of("set", dataset, Optional.empty(), _ -> {}).faults())
                .isEmpty();
        assertThat(open("edge/path").notes()).isEmpty();
        assertThat(open("edge/path").samples().getFirst().image().file()).isEqualTo(beside);
    }

    @Test
    void imagesAreRightInAnyOrder() {
        List<Sample> expected = loose();
        List<Sample> samples = open("zstd").samples();
        IntStream.of(5, 0, 4, 1, 1, 3, 2, 5, 0)
                .forEach(i -> assertThat(samples.get(i).image().bytes())
                        .isEqualTo(expected.get(i).image().bytes()));
    }

    @Test
    void whatLiesBesideShardsIsNoted() throws IOException {
        Files.copy(GOLDENS.resolve("tar/train-000000.tar"), folder.resolve("a-000.tar"));
        Files.copy(GOLDENS.resolve("tar/train-000001.tar"), folder.resolve(".b.tar"));
        new Tree(folder)
                .image("x/a.png")
                .image("b.png")
                .text("old.tar.gz", "")
                .text("cache.arrow", "")
                .text(".cache/c.tar", "no tar");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.samples()).hasSize(3);
        assertThat(dataset.notes())
                .containsExactly(
                        "left out beside the shards: images, 2, such as b.png",
                        "left out beside the shards: compressed tars, 1, such as old.tar.gz",
                        "left out beside the shards: Arrow files of save_to_disk, 1, such as cache.arrow");
    }

    @Test
    void theArchiveThatImagesCameInIsLeftOut() throws IOException {
        Files.copy(GOLDENS.resolve("tar/train-000000.tar"), folder.resolve("images.tar"));
        new Tree(folder).image("images/a.png").image("images/b.png");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.samples()).hasSize(2);
        assertThat(dataset.notes()).singleElement().asString().startsWith("left out: 1 *.tar; ");
        assertThat(Datasets.open(folder.resolve("images.tar")).samples()).hasSize(3);
    }
}
