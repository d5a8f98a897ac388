package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.data.Box;
import io.irscale.data.Dataset;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Boxes that lie beside images. */
class BoxFilesTest {
    private static final String COCO = """
            {"info": {"x": [1]}, "annotations": [
              {"id": 1, "image_id": 7, "category_id": 2, "bbox": [1, 2, 3.5, 4], "segmentation": [[1, 2]]},
              {"id": 2, "image_id": 7, "category_id": 2, "bbox": [0, 0, 9, 9], "iscrowd": 1},
              {"id": 3, "image_id": 8, "category_id": 1, "bbox": [5, 6, 7, 8], "iscrowd": 0}],
             "images": [{"id": 7, "file_name": "%s"}, {"id": 8, "file_name": "%s"}, {"id": 9, "file_name": "%s"}],
             "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "person"}]}
            """;

    @TempDir
    Path folder;

    private Tree tree;

    @BeforeEach
    void start() {
        tree = new Tree(folder);
    }

    private static List<List<Box>> boxes(Dataset dataset) {
        return dataset.samples().stream()
                .map(sample -> sample.boxes().orElse(List.of(new Box("unknown", 0, 0, 0, 0))))
                .toList();
    }

    private void refused(String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "train/_annotations.coco.json, train/, ''",
        "annotations/instances_train2017.json, train2017/, ''",
        "annotations/train.json, images/train/, ''",
        "annotations.json, images/, images/",
        "all.json, images/, other/images/",
        "annotations/a.json, data/, images\\\\",
    })
    void cocoIsFoundAndItsImagesAre(String file, String place, String named) throws IOException {
        tree.image(place + "a.png")
                .image(place + "b.png")
                .image(place + "c.png")
                .image(place + "d.png")
                .text(file, COCO.formatted(named + "a.png", named + "b.png", named + "c.png"))
                .text("dataset_info.json", "{\"features\": {}}")
                .text(place + "a.json", "{ a labelling program's");
        Dataset dataset = Datasets.open(folder);
        assertThat(boxes(dataset))
                .containsExactly(
                        List.of(new Box("person", 1, 2, 3.5, 4)),
                        List.of(new Box("car", 5, 6, 7, 8)),
                        List.of(),
                        List.of(new Box("unknown", 0, 0, 0, 0)));
        assertThat(tree.captions(dataset).getFirst()).isEqualTo(place + "a.png: an infrared photo, with one person");
        assertThat(dataset.notes())
                .anyMatch(note ->
                        note.startsWith("left out: 1 annotation of ") && note.endsWith(", of crowds or without a box"))
                .anyMatch(note -> note.startsWith("left out: 2 *.json without images and annotations of COCO"))
                .anyMatch(note -> note.startsWith("1 of 4 images have no annotation"));
    }

    @Test
    void severalFilesOfCocoStandTogether() throws IOException {
        String one = """
                {"images": [{"id": 0, "filename": "%s"}, {"id": 1, "filename": "gone.png"}],
                 "annotation": [{"image_id": 0, "category_id": 3, "bbox": [1, 1, 1, 1]}]}
                """;
        tree.image("train/a.png")
                .image("val/a.png")
                .text("annotations/train.json", one.formatted("a.png"))
                .text("annotations/val.json", one.formatted("a.png"))
                .text("annotations/captions_val.json", """
                        {"images": [{"id": 0, "file_name": "val/a.png"}],
                         "annotations": [{"image_id": 0, "caption": "words"}]}
                        """);
        Dataset dataset = Datasets.open(folder);
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "train/a.png: an infrared photo, with one object",
                        "val/a.png: an infrared photo, with one object");
        assertThat(dataset.notes()).contains("annotations/val.json: 1 of its 2 images are not there, such as gone.png");
    }

    @Test
    void ofTwoFilesOfCocoTheFirstCounts() throws IOException {
        tree.image("a.png")
                .text("1.json", COCO.formatted("a.png", "x.png", "y.png"))
                .text("2.json", COCO.formatted("x.png", "a.png", "y.png"));
        Dataset dataset = Datasets.open(folder);
        assertThat(boxes(dataset)).containsExactly(List.of(new Box("person", 1, 2, 3.5, 4)));
        assertThat(dataset.notes()).contains("left out: 1 image of 2.json that a file before it names, such as a.png");
    }

    @Test
    void brokenCocoIsRefused() throws IOException {
        tree.image("a.png").text("c.json", COCO.formatted("x.png", "y.png", "z.png"));
        refused("c.json: names x.png, which is not a file in " + folder + ", and no other image of it");
        tree.text("c.json", COCO.formatted("a.png", "a.png", "z.png"));
        refused("c.json image 8: a.png is there twice");
        tree.text("c.json", COCO.formatted("a.png", "y.png", "z.png").replace("[1, 2, 3.5, 4]", "[1, 2]"));
        refused("c.json image 7: bbox is [1,2], expected 4 numbers");
        tree.text("c.json", COCO.formatted("a.png", "y.png", "z.png").substring(0, 300));
        refused("c.json: is not valid JSON: ");
        tree.text("c.json", "[".repeat(100_000));
        assertThat(boxes(Datasets.open(folder)).getFirst().getFirst().category())
                .isEqualTo("unknown");
        tree.text("c.json", "{\"images\": " + "[".repeat(100_000));
        refused("c.json: is not valid JSON: ");
    }

    @ParameterizedTest
    @CsvSource({
        "images/train/a.png, labels/train/a.txt, data.yaml",
        "train/images/a.png, train/labels/a.txt, data.yaml",
        "detection/ir/a.png, detection/labels/a.txt, detection/classes.txt",
        "a.png, a.txt, obj.names",
        "obj_train_data/a.png, obj_train_data/a.txt, obj.names",
        "images/a.png, labels/a.txt, other/map.yaml",
    })
    void yoloIsFoundAndScaled(String image, String labels, String names) throws IOException {
        tree.image(image, 200, 100)
                .text(labels, """
                        0 0.5 0.5 0.1 0.2
                        1 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.4

                        1.0 .5 0.25 1e-1 0.5 0.99
                        """)
                .text(
                        names,
                        names.endsWith("map.yaml")
                                ? "nc: 2\nnames:\n  0: car\n  1: person\n"
                                : names.endsWith("yaml") ? "names: [car, person]\nnc: 2\n" : "car\nperson\n\n");
        Dataset dataset = Datasets.open(folder);
        List<Box> found = boxes(dataset).getFirst();
        assertThat(found.stream().map(Box::category)).containsExactly("car", "person", "person");
        double[][] expected = {{90, 40, 20, 20}, {20, 10, 40, 40}, {90, 0, 20, 50}};
        for (int i = 0; i < 3; i++) {
            Box box = found.get(i);
            assertThat(new double[] {box.x(), box.y(), box.width(), box.height()})
                    .usingComparatorWithPrecision(1e-9)
                    .containsExactly(expected[i]);
        }
        assertThat(tree.captions(dataset)).containsExactly(image + ": an infrared photo, with one car and two people");
    }

    @Test
    void yoloWithoutNamesHasNumbers() throws IOException {
        tree.image("images/a.png")
                .image("images/b.png")
                .text("labels/a.txt", "17 0.5 0.5 1 1")
                .text("labels/b.txt", "");
        Dataset dataset = Datasets.open(folder);
        assertThat(boxes(dataset)).containsExactly(List.of(new Box("17", 0, 0, 4, 3)), List.of());
        assertThat(tree.captions(dataset).getFirst()).endsWith(", with one object");
    }

    @Test
    void aLongPolygonIsOneBox() throws IOException {
        tree.image("images/a.png", 100, 100)
                .text("images/a.txt", "a caption")
                .text("labels/a.txt", "0" + " 0.25 0.5".repeat(50_000) + " 0.75 0.25");
        Dataset dataset = Datasets.open(folder);
        assertThat(boxes(dataset)).containsExactly(List.of(new Box("0", 25, 25, 50, 25)));
        assertThat(tree.captions(dataset)).containsExactly("images/a.png: a caption");
    }

    @Test
    void brokenYoloIsRefused() throws IOException {
        tree.image("images/a.png").text("labels/a.txt", "0 0.5 0.5 0.5 0.5\ncar 1 2 3 4\n");
        refused("a.txt line 2: is \"car 1 2 3 4\", expected a class and 4 or more numbers of YOLO");
        tree.text("labels/a.txt", "0 120 40 10 10\n");
        refused("a.txt line 1: has 120, expected parts of the image's size, from 0 to 1");
        tree.text("labels/a.txt", "0 0.1 0.1 0.2 0.2 0.3 0.3 0.4\n");
        refused("a.txt line 1: has 7 numbers after the class, expected x and y of corners");
        tree.text("labels/a.txt", "2 0.5 0.5 0.5 0.5\n").text("data.yaml", "names: [car, person]");
        refused("a.txt line 1: class 2, expected one of the 2 that " + folder.resolve("data.yaml") + " names");
        tree.text("labels/a.txt", "1 0.5 0.5 0.5 0.5\n").text("images/a.png", "none");
        refused("a.png: is not an image, and its labels need the size of one");
    }

    @ParameterizedTest
    @CsvSource({
        "JPEGImages/a.jpg, Annotations/a.xml",
        "images/train/a.png, Annotations/train/a.xml",
        "set/Ir/a.png, set/Annotation/a.xml",
        "v/a.png, v/a.xml",
        "images/a.png, annotations/xmls/a.xml",
    })
    void vocIsFound(String image, String file) throws IOException {
        tree.image(image).voc(file, "person").text("other.xml", "<not voc");
        Dataset dataset = Datasets.open(folder);
        assertThat(boxes(dataset)).containsExactly(List.of(new Box("person", 10, 20, 5, 7)));
        assertThat(tree.captions(dataset)).containsExactly(image + ": an infrared photo, with one person");
    }

    @Test
    void vocHasPartsAndOtherBoxes() throws IOException {
        tree.image("a.png").text("a.xml", """
                <annotation><object><part><name>head</name><bndbox><xmin>0</xmin></bndbox></part><name>person</name>
                <bndbox><x>1</x><y>2</y><w>3.5</w><h>4</h></bndbox></object>
                <object><name>car</name><robndbox><cx>10</cx><cy>20</cy><w>6</w><h>2</h><angle>1.5707963267948966</angle>
                </robndbox></object></annotation>
                """);
        List<Box> found = boxes(Datasets.open(folder)).getFirst();
        assertThat(found.getFirst()).isEqualTo(new Box("person", 1, 2, 3.5, 4));
        assertThat(found.get(1).x()).isCloseTo(9, within(1e-9));
        assertThat(found.get(1).height()).isCloseTo(6, within(1e-9));
        Files.write(
                folder.resolve("a.xml"),
                "<?xml version='1.0' encoding='GBK'?><a><object><name>\u4eba</name><bndbox><x>1</x><y>2</y><w>3</w><h>4</h></bndbox></object></a>"
                        .getBytes(Charset.forName("GBK")));
        assertThat(boxes(Datasets.open(folder)).getFirst()).containsExactly(new Box("\u4eba", 1, 2, 3, 4));
        tree.text("a.xml", "<a>".repeat(100_000));
        refused("a.xml: cannot be read as XML: ");
    }

    @Test
    void aFileThatFitsSeveralImagesIsNotUsed() throws IOException {
        tree.image("images/train/a.png").image("images/val/a.png").voc("Annotations/a.xml", "person");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.samples()).allMatch(sample -> sample.boxes().equals(Optional.empty()));
        assertThat(dataset.notes())
                .containsExactly("left out: 1 file of annotations that fit several images, such as Annotations/a.xml");
    }

    @Test
    void metadataCountsBeforeCocoBeforeVocBeforeYolo() throws IOException {
        tree.image("images/a.png")
                .image("images/b.png")
                .image("images/c.png")
                .image("images/d.png")
                .text("metadata.jsonl", """
                        {"file_name": "images/a.png", "objects": [{"bbox": [1, 1, 1, 1], "category": "tree"}]}
                        """)
                .text("coco.json", COCO.formatted("images/a.png", "images/b.png", "images/none.png"));
        for (String name : List.of("a", "b", "c", "d")) {
            tree.text("labels/" + name + ".txt", "0 0.5 0.5 1 1");
        }
        tree.voc("Annotations/a.xml", "dog").voc("Annotations/b.xml", "dog").voc("Annotations/c.xml", "dog");
        Dataset dataset = Datasets.open(folder);
        assertThat(boxes(dataset).stream().map(found -> found.getFirst().category()))
                .containsExactly("tree", "car", "dog", "0");
        assertThat(dataset.notes())
                .contains(
                        "boxes are of COCO (1 image), VOC (1 image), YOLO (1 image), metadata (1 image); left out for the same"
                                + " images: those of COCO (1 image), VOC (2 images), YOLO (3 images)");
    }
}
