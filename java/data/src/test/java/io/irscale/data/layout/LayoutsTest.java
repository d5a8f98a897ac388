package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.data.Box;
import io.irscale.data.Captions;
import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutsTest {
    @TempDir
    Path folder;

    private Tree tree;

    @BeforeEach
    void start() {
        tree = new Tree(folder);
    }

    private static List<Path> files(Dataset dataset) {
        return dataset.samples().stream().map(sample -> sample.image().file()).toList();
    }

    @Test
    void kaistHasTimeAndPlaceBySetAndItsVideosAreGroups() throws IOException {
        tree.image("set00/V000/lwir/I00000.jpg")
                .image("set00/V000/visible/I00000.jpg")
                .image("set04/V001/lwir/I00020.jpg")
                .image("set04/V001/lwir/I00040.jpg")
                .image("set11/V000/lwir/I00000.jpg")
                .text("annotations/set00/V000/I00000.txt", "% bbGt version=3\n")
                .text(
                        "annotations/set04/V001/I00020.txt",
                        "% bbGt version=3\nperson 427 243 27 66 0 0 0 0 0 0 0\nperson? 1 2 3 4 0 0 0 0 0 0 0\n");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("KAIST");
        assertThat(dataset.groups()).containsExactly("KAIST set00/V000", "KAIST set04/V001", "KAIST set11/V000");
        List<Sample> samples = dataset.samples();
        assertThat(samples).hasSize(4);
        assertThat(samples.get(0).attributes()).isEqualTo(Map.of("time", "day", "place", "campus", "split", "train"));
        assertThat(samples.get(0).boxes()).contains(List.of());
        assertThat(samples.get(1).attributes()).containsEntry("time", "night").containsEntry("place", "road");
        assertThat(samples.get(1).boxes())
                .contains(List.of(new Box("person", 427, 243, 27, 66), new Box("person?", 1, 2, 3, 4)));
        assertThat(samples.get(2).boxes()).isEmpty();
        assertThat(samples.get(3).attributes())
                .isEqualTo(Map.of("time", "night", "place", "downtown", "split", "test"));
        List<Sample> captioned =
                Captions.of(dataset.template()).complete(dataset).samples();
        assertThat(captioned.get(0).caption()).contains("an infrared photo of a campus scene at day from a car");
        assertThat(captioned.get(1).caption())
                .contains("an infrared photo of a road scene at night from a car, with one person");
        assertThat(captioned.get(2).caption()).contains("an infrared photo of a road scene at night from a car");
        assertThat(dataset.notes())
                .containsExactly(
                        "lwir/ is read and visible/ is left out (1 image)",
                        "2 of 4 images have no annotation, and their captions say nothing of objects, such as "
                                + folder.resolve("set04/V001/lwir/I00040.jpg"));
    }

    @Test
    void everyKaistSetHasItsTime() throws IOException {
        for (int set = 0; set < 12; set++) {
            tree.image("images/set%02d/V000/lwir/I00000.png".formatted(set));
        }
        assertThat(Datasets.open(folder).samples().stream()
                        .map(sample -> sample.attributes().get("time")))
                .containsExactly(
                        "day", "day", "day", "night", "night", "night", "day", "day", "day", "night", "night", "night");
    }

    @Test
    void flirReadsCocoAndGroupsByTheVideoInTheName() throws IOException {
        String first = "data/video-57kWWRyeqqHs3Byei-frame-000816-b6tuLjNco8MfoBs3d.jpg";
        String second = "data/video-57kWWRyeqqHs3Byei-frame-000817-c6tuLjNco8MfoBs3d.jpg";
        tree.image("images_thermal_train/" + first)
                .image("images_thermal_train/" + second)
                .image("images_thermal_train/data/other.jpg")
                .image("images_rgb_train/data/video-a-frame-000001-b.jpg")
                .text("images_rgb_train/coco.json", "{}")
                .text("images_thermal_train/coco.json", """
                        {"images": [{"id": 0, "file_name": "%s"}, {"id": 7, "file_name": "%s"}],
                         "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}],
                         "annotations": [{"image_id": 7, "category_id": 3, "bbox": [1, 2, 3.5, 4]}]}
                        """.formatted(first, second));
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("FLIR ADAS v2");
        Path part = folder.resolve("images_thermal_train");
        assertThat(files(dataset))
                .containsExactly(part.resolve("data/other.jpg"), part.resolve(first), part.resolve(second));
        assertThat(dataset.groups())
                .containsExactlyInAnyOrder("FLIR video-57kWWRyeqqHs3Byei", "FLIR images_thermal_train/other.jpg");
        assertThat(dataset.samples().stream().map(Sample::boxes).map(boxes -> boxes.orElse(null)))
                .containsExactly(null, List.of(), List.of(new Box("car", 1, 2, 3.5, 4)));
        assertThat(files(Datasets.open(part))).isEqualTo(files(dataset));
    }

    @Test
    void llvipReadsVocAndGroupsByPlace() throws IOException {
        tree.image("infrared/train/010001.jpg")
                .image("infrared/train/010002.jpg")
                .image("infrared/test/190001.jpg")
                .image("visible/test/190001.jpg")
                .voc("Annotations/010001.xml", "person")
                .voc("Annotations/010002.xml", "person")
                .voc("Annotations/190001.xml", "person");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("LLVIP");
        assertThat(dataset.samples().stream().map(Sample::group)).containsExactly("LLVIP 19", "LLVIP 01", "LLVIP 01");
        assertThat(dataset.samples().getFirst().boxes()).contains(List.of(new Box("person", 10, 20, 5, 7)));
        assertThat(dataset.samples().getFirst().attributes()).isEqualTo(Map.of("split", "test"));
    }

    @Test
    void hitUavInItsOwnFormHasItsNamesFacts() throws IOException {
        tree.image("normal_xml/JPEGImages/1_60_90_0_00079.jpg")
                .voc("normal_xml/Annotations/1_60_90_0_00079.xml", "OtherVehicle");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("HIT-UAV");
        assertThat(dataset.groups()).containsExactly("HIT-UAV 1_60_90_0");
        assertThat(Captions.of(dataset.template())
                        .complete(dataset)
                        .samples()
                        .getFirst()
                        .caption())
                .contains("an infrared aerial photo at night from 60 m looking straight down, with one other vehicle");
    }

    @Test
    void imagefolderKeepsWhatItsMetadataSays() throws IOException {
        tree.image("a.png").image("b.png").image("forgotten.png").text("metadata.jsonl", """
                        {"file_name": "b.png", "text": "a pipe", "video": "v1", "time": "day", "angle": 30}
                        {"file_name": "a.png", "objects": [{"category": "car", "bbox": [1, 2, 3, 4]}]}
                        """);
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("imagefolder");
        Path a = folder.resolve("a.png");
        Path forgotten = folder.resolve("forgotten.png");
        assertThat(files(dataset)).containsExactly(a, folder.resolve("b.png"), forgotten);
        assertThat(dataset.samples().get(1).caption()).contains("a pipe");
        assertThat(dataset.samples().get(1).attributes()).isEqualTo(Map.of("time", "day", "angle", "30"));
        assertThat(dataset.groups())
                .containsExactlyInAnyOrder(
                        "v1", folder.getFileName() + "/a.png", folder.getFileName() + "/forgotten.png");
        List<Sample> captioned =
                Captions.of(dataset.template()).complete(dataset).samples();
        assertThat(captioned.stream().map(sample -> sample.caption().orElse("none")))
                .containsExactly("an infrared photo, with one car", "a pipe", "none");
    }

    @Test
    void imagesOutsideOfTheMetadataAreNotLost() throws IOException {
        tree.image("train/a.png")
                .text("train/metadata.jsonl", "{\"file_name\": \"a.png\"}")
                .image("test/b.png");
        Dataset dataset = Datasets.open(folder);
        assertThat(files(dataset)).containsExactly(folder.resolve("test/b.png"), folder.resolve("train/a.png"));
        assertThat(dataset.samples().getLast().attributes()).isEqualTo(Map.of("split", "train"));
    }

    @Test
    void aFoldersSpellingChangesNothing() throws IOException {
        tree.image("in/a.png").text("in/metadata.jsonl", "{\"file_name\": \"./a.png\"}");
        Dataset dataset = Datasets.open(folder.resolve("in/../in"));
        assertThat(dataset.samples()).hasSize(1);
        assertThat(dataset.groups()).containsExactly("in/a.png");
    }

    @Test
    void aPlainFolderGroupsByInnerFolders() throws IOException {
        tree.image("x.png")
                .image("v1/a.png")
                .image("v1/b.tif")
                .image("v2/deep/c.jpeg")
                .text("notes.txt", "");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("plain folder");
        assertThat(dataset.samples()).hasSize(4);
        Path name = folder.getFileName();
        assertThat(dataset.samples().stream().map(Sample::group))
                .containsExactly(name + "/v1", name + "/v1", name + "/v2/deep", name + "/x.png");
    }
}
