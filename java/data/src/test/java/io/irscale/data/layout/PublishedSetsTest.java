package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.data.Box;
import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which published data sets are downloaded. */
class PublishedSetsTest {
    private static final String KAIST_CAPTION = ": an infrared photo of a campus scene at night from a car";

    @TempDir
    Path folder;

    private Tree tree;

    @BeforeEach
    void start() {
        tree = new Tree(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "annotations/set03/V000/I00001.txt",
                "annotations/set03/V000/lwir/I00001.txt",
                "annotations_paired/set03/V000/lwir/I00001.txt",
                "annotations/annotations-xml-new/set03/V000/I00001.xml",
                "annotations-xml-new-sanitized/set03/V000/I00001.xml",
                "sanitized_annotations/set03_V000_I00001.txt",
                "Annotations/set03_V000_I00001.xml",
            })
    void kaistsAnnotationsAreFound(String file) throws IOException {
        String text = file.endsWith(".xml")
                ? "<a><object><name>person</name><bndbox><x>1</x><y>2</y><w>3</w><h>4</h></bndbox></object></a>"
                : "% bbGt version=3\nperson 1 2 3 4 0 0 0 0 0 0 0\n";
        tree.text(file, text)
                .text(file.replace("lwir", "visible").replace("00001", "00003"), text)
                .text("kaist/readme.txt", "about");
        for (String image : List.of("images/set03/V000/lwir/I00001.jpg", "images/set03/V000/visible/I00001.jpg")) {
            tree.image(image);
        }
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("KAIST");
        assertThat(tree.captions(dataset))
                .containsExactly("images/set03/V000/lwir/I00001.jpg" + KAIST_CAPTION + ", with one person");
        assertThat(dataset.samples().getFirst().boxes()).contains(List.of(new Box("person", 1, 2, 3, 4)));
        assertThat(dataset.notes()).containsExactly("lwir/ is read and visible/ is left out (1 image)");
    }

    @Test
    void kaistMayBeFlatAndItsBestAnnotationsCount() throws IOException {
        tree.image("set03_V000_lwir_I00001.png")
                .image("set03_V000_visible_I00001.png")
                .image("set03_V000_lwir_I00003.png")
                .text("annotations/set03/V000/I00001.txt", "% bbGt version=3\ncyclist 1 2 3 4\n")
                .text("annotations/set03/V000/I00003.txt", "% bbGt version=3\npeople 1 2 3 4\n")
                .text("annotations_paired/set03/V000/lwir/I00001.txt", "% bbGt version=3\nperson 1 2 3 4\n")
                .text("annotations-vbb/set03/V000.vbb", "MATLAB");
        Dataset dataset = Datasets.open(folder);
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "set03_V000_lwir_I00001.png" + KAIST_CAPTION + ", with one person",
                        "set03_V000_lwir_I00003.png" + KAIST_CAPTION + ", with one group of people");
        assertThat(dataset.groups()).containsExactly("KAIST set03/V000");
        assertThat(dataset.notes())
                .containsExactly(
                        "left out: 1 image of visible light beside infrared ones, such as"
                                + " set03_V000_visible_I00001.png",
                        "of several folders of annotations these are read: annotations/ (1 image),"
                                + " annotations_paired/ (1 image)",
                        "left out: 1 *.vbb, which are MATLAB's; boxes are read from *.txt (bbGt) or *.xml (VOC)");
    }

    @ParameterizedTest
    @CsvSource({"set03", "set03/V000", "''"})
    void aPartOfKaistIsKaist(String part) throws IOException {
        tree.image("set03/V000/lwir/I00001.jpg").text("annotations/other/x.txt", "% bbGt version=3\n");
        Dataset dataset = Datasets.open(folder.resolve(part));
        assertThat(tree.captions(dataset)).containsExactly("set03/V000/lwir/I00001.jpg" + KAIST_CAPTION);
        assertThat(dataset.groups()).containsExactly("KAIST set03/V000");
        assertThat(dataset.notes())
                .isEqualTo(
                        part.isEmpty()
                                ? List.of(
                                        "no annotations fit the images, such as set03/V000/lwir/I00001.jpg: looked for"
                                                + " set03/V000/lwir/I00001.txt and *.xml under folders named *annot*")
                                : List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "thermal/set03/V000/I00001.png, KAIST",
        "train/lwir/set03_V000_I00001.png, KAIST",
        "set03/V000/thermal/I00001.png, KAIST",
        "set03/V000/visible/I00001.png, plain folder",
    })
    void kaistsInfraredFramesAreKnownByAnyWord(String image, String name) throws IOException {
        tree.image(image);
        assertThat(Datasets.open(folder).name()).isEqualTo(name);
    }

    @Test
    void flirV1ReadsItsPicturesOf8Bits() throws IOException {
        for (String part : List.of("train", "video")) {
            tree.image(part + "/RGB/FLIR_00001.jpg")
                    .image(part + "/thermal_8_bit/FLIR_00001.jpeg")
                    .image(part + "/thermal_16_bit/FLIR_00001.tiff")
                    .image(part + "/Annotated_thermal_8_bit/FLIR_00001.jpeg")
                    .text(part + "/thermal_annotations.json", """
                            {"images": [{"id": 0, "file_name": "thermal_8_bit/FLIR_00001.jpeg"}],
                             "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}],
                             "annotations": [{"image_id": 0, "category_id": %d, "bbox": [1, 1, 2, 2]}]}
                            """.formatted(part.equals("train") ? 1 : 3));
        }
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("FLIR ADAS v1");
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "train/thermal_8_bit/FLIR_00001.jpeg: an infrared photo of a traffic scene from a car, with one person",
                        "video/thermal_8_bit/FLIR_00001.jpeg: an infrared photo of a traffic scene from a car, with one car");
        assertThat(dataset.groups()).containsExactly("FLIR v1 train", "FLIR v1 video");
        assertThat(dataset.notes())
                .containsExactly(
                        "Annotated_thermal_8_bit/ is left out, as drawings of annotations (2 images)",
                        "thermal_16_bit/ is left out beside pictures of 8 bits (2 images): to read its counts, name that"
                                + " folder and a --range",
                        "thermal_8_bit/ is read and RGB/ is left out (2 images)");
        assertThat(Datasets.open(folder.resolve("train/thermal_16_bit")).samples())
                .hasSize(1);
    }

    @Test
    void flirV2NeedsNoAnnotations() throws IOException {
        tree.image("images_thermal_val/data/video-a-frame-000001-b.jpg")
                .image("images_rgb_val/data/video-c-frame-000001-d.jpg")
                .text("images_rgb_val/coco.json", """
                        {"images": [{"id": 0, "file_name": "data/video-gone-frame-000001-d.jpg"}],
                         "categories": [], "annotations": []}
                        """);
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("FLIR ADAS v2");
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "images_thermal_val/data/video-a-frame-000001-b.jpg: an infrared photo of a traffic scene"
                                + " from a car");
        assertThat(dataset.groups()).containsExactly("FLIR video-a");
        assertThat(dataset.notes()).contains("images_thermal_val/ is read and images_rgb_val/ is left out (1 image)");
    }

    @ParameterizedTest
    @CsvSource({"'', true", "'', false", "infrared, false"})
    void llvipNeedsNoAnnotations(String part, boolean annotated) throws IOException {
        tree.image("LLVIP/infrared/train/010001.jpg").image("LLVIP/infrared/test/190001.jpg");
        tree.image("LLVIP/visible/train/010001.jpg");
        if (annotated) {
            tree.voc("LLVIP/Annotations/010001.xml", "person");
        }
        Dataset dataset = Datasets.open(folder.resolve("LLVIP").resolve(part));
        assertThat(dataset.name()).isEqualTo("LLVIP");
        String caption = ": an infrared photo of a street from a surveillance camera";
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "LLVIP/infrared/test/190001.jpg" + caption,
                        "LLVIP/infrared/train/010001.jpg" + caption + (annotated ? ", with one person" : ""));
        assertThat(dataset.groups()).containsExactly("LLVIP 01", "LLVIP 19");
        assertThat(dataset.samples().getLast().attributes()).isEqualTo(Map.of("split", "train"));
    }

    @Test
    void m3fdCallsAPersonPeople() throws IOException {
        tree.image("M3FD_Detection/Ir/00001.png")
                .image("M3FD_Detection/Vis/00001.png")
                .image("M3FD_Fusion/Ir/00001.png")
                .image("M3FD_Fusion/Vis/00001.png")
                .voc("M3FD_Detection/Annotation/00001.xml", "People");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("M3FD");
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "M3FD_Detection/Ir/00001.png: an infrared photo of an outdoor scene, with one person",
                        "M3FD_Fusion/Ir/00001.png: an infrared photo of an outdoor scene");
        assertThat(dataset.notes()).contains("Ir/ is read and Vis/ is left out (2 images)");
    }

    @Test
    void msrsHasTimesAndNoSegmentations() throws IOException {
        tree.image("train/ir/00001D.png")
                .image("train/vi/00001D.png")
                .image("train/Segmentation_labels/00001D.png")
                .image("detection/ir/00004N.png", 100, 100)
                .image("detection/vi/00004N.png")
                .text("detection/labels/00004N.txt", "0 0.5 0.5 0.1 0.1\n")
                .text("detection/labels/classes.txt", "person\ncar\n");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("MSRS");
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "detection/ir/00004N.png: an infrared photo of a street scene at night, with one person",
                        "train/ir/00001D.png: an infrared photo of a street scene at day");
        assertThat(dataset.samples().getLast().attributes()).isEqualTo(Map.of("time", "day", "split", "train"));
        assertThat(dataset.notes())
                .contains(
                        "Segmentation_labels/ is left out, as pictures of labels (1 image)",
                        "ir/ is read and vi/ is left out (2 images)");
    }

    private Tree hitUavJson(String form, String bbox) throws IOException {
        return tree.image(form + "/val/1_60_90_0_00079.jpg").text(form + "/annotations/val.json", """
                {"images": [{"id": 3, "filename": "1_60_90_0_00079.jpg"}],
                 "categories": [{"id": 0, "name": "Person"}],
                 "annotation": [{"image_id": 3, "category_id": 0, "bbox": %s}]}
                """.formatted(bbox));
    }

    @Test
    void hitUavIsOneOfItsForms() throws IOException {
        hitUavJson("normal_json", "[10, 20, 4, 8]");
        hitUavJson("rotate_json", "[12, 24, 8, 4, 1.5707963267948966]");
        tree.image("normal_xml/JPEGImages/1_60_90_0_00079.jpg")
                .voc("normal_xml/Annotations/1_60_90_0_00079.xml", "Car")
                .image("0_readme_images/fig.jpg");
        String caption = ": an infrared aerial photo at night from 60 m looking straight down, with one person";
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("HIT-UAV");
        assertThat(tree.captions(dataset)).containsExactly("normal_json/val/1_60_90_0_00079.jpg" + caption);
        assertThat(dataset.samples().getFirst().boxes()).contains(List.of(new Box("Person", 10, 20, 4, 8)));
        assertThat(dataset.samples().getFirst().attributes()).containsEntry("split", "val");
        assertThat(dataset.notes())
                .containsExactly(
                        "normal_json/ is read and normal_xml/, rotate_json/, the same images, left out",
                        "left out: 1 image not named as those of HIT-UAV, such as 0_readme_images/fig.jpg");
        Sample turned = Datasets.open(folder.resolve("rotate_json")).samples().getFirst();
        assertThat(turned.boxes().orElseThrow().getFirst().x()).isEqualTo(10);
        assertThat(turned.boxes().orElseThrow().getFirst().height()).isEqualTo(8);
    }

    @Test
    void hitUavInYolosForm() throws IOException {
        tree.image("images/val/1_60_90_0_00079.jpg", 100, 50)
                .text("labels/val/1_60_90_0_00079.txt", "3 0.5 0.5 0.1 0.2\n4 0.5 0.5 0.1 0.2\n")
                .text("dataset.yaml", "path: /x\nnames:\n- Person\n- Car\n- Bicycle\n- OtherVehicle\n- DontCare\n");
        assertThat(tree.captions(Datasets.open(folder)))
                .containsExactly("images/val/1_60_90_0_00079.jpg: an infrared aerial photo at night from 60 m looking"
                        + " straight down, with one other vehicle");
    }

    @ParameterizedTest
    @CsvSource({
        "thermal, RGB",
        "LWIR, Color",
        "train/images_thermal, train/images_rgb",
        "t, rgb",
        "InfraredImages, VisibleImages",
        "ir_1, vis_1",
    })
    void ofTwoSpectraSideBySideInfraredIsRead(String infrared, String visible) throws IOException {
        tree.image(infrared + "/a.png").image(visible + "/a.png").image("more/b.png");
        Dataset dataset = Datasets.open(folder);
        assertThat(tree.captions(dataset))
                .containsExactlyInAnyOrder(infrared + "/a.png: an infrared photo", "more/b.png: an infrared photo");
        assertThat(dataset.notes())
                .containsExactly("%s/ is read and %s/ is left out (1 image)"
                        .formatted(
                                Path.of(infrared).getFileName(),
                                Path.of(visible).getFileName()));
        assertThat(Datasets.open(folder.resolve(visible)).samples()).hasSize(1);
    }

    @Test
    void ofTwoSpectraInAFolderInfraredIsRead() throws IOException {
        tree.image("JPEGImages/FLIR_00002_PreviewData.jpeg")
                .image("JPEGImages/FLIR_00002_RGB.jpg")
                .image("JPEGImages/FLIR_00003_RGB.jpg")
                .voc("Annotations/FLIR_00002_PreviewData.xml", "car")
                .image("other/FLIR_00004_RGB.jpg");
        Dataset dataset = Datasets.open(folder);
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "JPEGImages/FLIR_00002_PreviewData.jpeg: an infrared photo, with one car",
                        "other/FLIR_00004_RGB.jpg: an infrared photo");
        assertThat(dataset.notes().getFirst())
                .isEqualTo("left out: 2 images of visible light beside infrared ones, such as"
                        + " JPEGImages/FLIR_00002_RGB.jpg");
    }

    @Test
    void foldersThatAreNoSpectraStay() throws IOException {
        tree.image("color/a.png").image("grey/a.png").image("rgb_thermal/b.png").image("segmentation_set/c.png");
        assertThat(Datasets.open(folder).samples()).hasSize(4);
        assertThat(Datasets.open(folder).notes()).isEmpty();
    }
}
