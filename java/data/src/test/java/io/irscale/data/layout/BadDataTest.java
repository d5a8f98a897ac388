package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.Captions;
import io.irscale.data.Inspection;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BadDataTest {
    @TempDir
    Path folder;

    static Stream<Arguments> annotations() {
        String flir = "images_thermal_val/data/a.jpg";
        String coco = "images_thermal_val/coco.json";
        String list = "\"images\": [{\"id\": 1, \"file_name\": \"data/a.jpg\"}], \"categories\": [], \"annotations\": ";
        String kaist = "set00/V000/lwir/I00000.jpg";
        String txt = "annotations/set00/V000/I00000.txt";
        String llvip = "infrared/train/010001.jpg";
        String xml = "Annotations/010001.xml";
        String object = "<a><object><name>person</name>";
        return Stream.of(
                bad("a.png", "metadata.jsonl", "{\"file_name\": ", "metadata.jsonl line 1: is not valid JSON"),
                bad(
                        "a.png",
                        "metadata.jsonl",
                        "{\"file_name\": \"b\\n.png\"}",
                        "names \"b .png\", which is not a file in "),
                bad(
                        "a.png",
                        "metadata.jsonl",
                        "{\"a\": " + "[".repeat(9999),
                        "Document nesting depth (501) exceeds the maximum allowed (500)"),
                bad("a.png", "metadata.jsonl", "\n[]", "metadata.jsonl line 2: is not a JSON object"),
                bad(
                        "a.png",
                        "metadata.jsonl",
                        "{\"text\": \"t\"}",
                        "line 1: has the keys text, expected the image under one of file_name, image, filename, file, path"),
                bad(
                        "a.png",
                        "metadata.jsonl",
                        "{\"file_name\": \"b.png\"}",
                        "names \"b.png\", which is not a file in "),
                bad("a.png", "metadata.jsonl", "{\"file_name\": \"a.png\"}\n".repeat(2), "line 2: names "),
                bad("a.png", "metadata.jsonl", "{\"file_name\": \"a.png\", \"text\": 3}", "text is 3, expected a text"),
                bad(
                        "a.png",
                        "metadata.jsonl",
                        "{\"file_name\": \"a.png\", \"objects\": {}}",
                        "objects: bbox is missing, expected a list"),
                bad(
                        "a.png",
                        "metadata.jsonl",
                        "{\"file_name\": \"a.png\", \"objects\": [{\"category\": \"car\", \"bbox\": [1, 2, -3, 4]}]}",
                        "line 1: box \"car\" at 1.0, 2.0 of -3.0 x 4.0: expected"),
                bad(
                        "a.png",
                        "metadata.jsonl",
                        "{\"file_name\": \"a.png\", \"objects\": [{\"category\": \"car\", \"bbox\": [1, 2]}]}",
                        "line 1: bbox is [1,2], expected 4 numbers"),
                bad(
                        flir,
                        coco,
                        "{\"images\": [{\"file_name\": \"data/a.jpg\"}]",
                        "images: id is missing, expected an integer"),
                bad(flir, coco, "{\"images\": [", "coco.json: is not valid JSON: "),
                bad(flir, coco, "{" + list.replace("a.jpg", "b.jpg") + "[]}", "b.jpg, which is not a file"),
                bad(
                        flir,
                        coco,
                        "{" + list + "[{\"image_id\": 1, \"category_id\": 9, \"bbox\": [1, 2, 3, 4]}]}",
                        "coco.json annotations: image 1 of category 9, expected ones that it lists"),
                bad(kaist, txt, "person 1 2", "I00000.txt line 1: has 3 fields, expected a category and 4 numbers"),
                bad(kaist, txt, "%\nperson 1 2 x 4", "I00000.txt line 2: \"person 1 2 x 4\" has no 4 numbers"),
                bad(llvip, xml, "<a>", "010001.xml: cannot be read as XML: "),
                bad(llvip, xml, "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "DOCTYPE"),
                bad(llvip, xml, object + "</object></a>", "010001.xml: object has no bndbox"),
                bad(
                        llvip,
                        xml,
                        object + "<bndbox><xmin>x</xmin></bndbox></object></a>",
                        "xmin is \"x\", expected a number"));
    }

    private static Arguments bad(String image, String file, String text, String message) {
        return Arguments.of(image, file, text, message);
    }

    @ParameterizedTest
    @MethodSource("annotations")
    void annotationsAreRefusedInOneLine(String image, String file, String text, String message) throws IOException {
        new Tree(folder).image(image).text(file, text);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder))
                .withMessageContaining(message)
                .withMessageContaining(folder.toString())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "Exception", "Stream"));
    }

    @Test
    void foldersWithoutImagesAreRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder))
                .withMessage(folder + ": holds no *.png, *.jpg, *.jpeg, *.tif, *.tiff or *.bmp");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder.resolve("none")))
                .withMessage(folder.resolve("none") + ": is not there");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Captions.of(" "))
                .withMessage("caption template: is blank, expected a text");
    }

    @Test
    void anInspectionNamesEveryFault() throws IOException {
        new Tree(folder)
                .image("a.png")
                .image("b.png", 8, 6)
                .image("c.png")
                .text("d.png", "no image")
                .text("metadata.jsonl", """
                        {"file_name": "a.png", "text": "a"}
                        {"file_name": "b.png", "text": "b"}
                        {"file_name": "c.png"}
                        {"file_name": "d.png", "text": "d"}
                        """);
        Inspection inspection = Inspection.of("set", Datasets.open(folder), Optional.empty(), _ -> {});
        assertThat(inspection.types()).isEqualTo(Map.of("8-bit pixels", 3));
        assertThat(inspection.sizes()).isEqualTo(Map.of("4x3", 2, "8x6", 1));
        assertThat(inspection.written()).isEqualTo(3);
        assertThat(inspection.templated()).isZero();
        assertThat(inspection.countsFound()).isEmpty();
        assertThat(inspection.faults())
                .containsExactly(folder.resolve("d.png") + ": is not a PNG, JPEG, TIFF or BMP image");
    }
}
