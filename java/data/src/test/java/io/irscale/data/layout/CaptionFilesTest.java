package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.Dataset;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captions that lie beside images. */
class CaptionFilesTest {
    @TempDir
    Path folder;

    private Tree tree;

    @BeforeEach
    void start() {
        tree = new Tree(folder);
    }

    @Test
    void textsBesideImagesAreTheirCaptions() throws IOException {
        tree.image("a.png")
                .image("b.jpg")
                .image("v/c.d.png")
                .image("v/e.png")
                .image("v/f.png")
                .text("a.txt", "\uFEFFa pipe,\r\nhot \n")
                .text("b.caption", "a road")
                .text("v/c.d.txt", "3 cars 0.5 0.5 0.5")
                .text("v/e.txt", "0 0.5 0.5 0.5 0.5\n")
                .text("v/e.caption", "from a caption")
                .text("v/f.txt", " ")
                .text("v/none.txt", "no image");
        Dataset dataset = Datasets.open(folder);
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "a.png: a pipe, hot",
                        "b.jpg: a road",
                        "v/c.d.png: 3 cars 0.5 0.5 0.5",
                        "v/e.png: from a caption",
                        "v/f.png: none");
        assertThat(dataset.samples().get(4).boxes()).isEmpty();
        assertThat(dataset.notes())
                .contains("1 of 5 images have no caption of their own, such as " + folder.resolve("v/f.png"));
    }

    @Test
    void anEmptyTextAmongLabelsMeansNoObjects() throws IOException {
        tree.image("a.png", 100, 50)
                .image("b.png")
                .text("a.txt", "1 0.5 0.5 0.2 0.4\n")
                .text("b.txt", "")
                .text("classes.txt", "car\nperson\n");
        Dataset dataset = Datasets.open(folder);
        assertThat(tree.captions(dataset))
                .containsExactly("a.png: an infrared photo, with one person", "b.png: an infrared photo");
        assertThat(dataset.samples().get(1).boxes()).contains(List.of());
    }

    @Test
    void metadataLiesInAnyFolder() throws IOException {
        tree.image("x/train/a.png")
                .image("x/train/in/b.png")
                .image("x/test/c.png")
                .image("d.png")
                .text("x/train/metadata.jsonl", """
                        {"image": "a.png", "caption": "A"}
                        {"image": "in/b.png", "caption": "B", "video": "v"}
                        """)
                .text("x/test/metadata.csv", "\uFEFFfilename,prompt,note\r\nc.png,\"C, \"\"c\"\"\",\r\n")
                .text("metadata.jsonl", """
                        {"path": "d.png", "description": ["D", "d"]}
                        {"path": "x/test/c.png", "text": "outer"}
                        """);
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("imagefolder");
        assertThat(tree.captions(dataset))
                .containsExactly("d.png: D", "x/test/c.png: C, \"c\"", "x/train/a.png: A", "x/train/in/b.png: B");
        assertThat(dataset.samples().getLast().group()).isEqualTo("v");
        assertThat(dataset.samples().getLast().attributes()).isEqualTo(Map.of("split", "train"));
        assertThat(dataset.notes())
                .containsExactly("left out: 1 line of metadata.jsonl for images that another file of metadata names");
    }

    @Test
    void metadataWinsOverTexts() throws IOException {
        tree.image("a.png")
                .image("b.png")
                .text("a.txt", "other")
                .text("b.txt", "same")
                .text("metadata.jsonl", """
                        {"file_name": "a.png", "text": "mine"}
                        {"file_name": "b.png", "text": "same"}
                        """);
        Dataset dataset = Datasets.open(folder);
        assertThat(tree.captions(dataset)).containsExactly("a.png: mine", "b.png: same");
        assertThat(dataset.notes())
                .containsExactly("left out: texts beside 1 image that differ from the metadata, such as a.txt");
    }

    @Test
    void captionsBesideTheFramesOfKnownSetsWinOverTheTemplate() throws IOException {
        tree.image("set00/V000/lwir/I00000.png")
                .image("set00/V000/lwir/I00001.png")
                .text("set00/V000/lwir/I00000.txt", "my words")
                .text("annotations/set00/V000/I00000.txt", "% bbGt version=3\nperson 1 2 3 4\n");
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("KAIST");
        assertThat(tree.captions(dataset))
                .containsExactly(
                        "set00/V000/lwir/I00000.png: my words",
                        "set00/V000/lwir/I00001.png: an infrared photo of a campus scene at day from a car");
        assertThat(dataset.samples().getFirst().boxes().orElseThrow()).hasSize(1);
    }

    private void refused(String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void brokenTextsAreRefusedInOneLine() throws IOException {
        tree.image("a.png").text("metadata.csv", "file_name;text\na.png;x\n");
        refused("metadata.csv row 1: has the keys file_name;text, expected the image under one of file_name, image,");
        tree.text("metadata.csv", "file_name,text\na.png\n");
        refused("metadata.csv row 1: has 1 values, expected 2 as in the first line");
        tree.text("metadata.csv", "file_name,text\na.png,\"x");
        refused("metadata.csv: is not valid CSV: ");
        tree.text("metadata.csv", "file_name,text,text\na.png,x,y\n");
        refused("metadata.csv: is not valid CSV: ");
        tree.text("metadata.csv", "file_name,text\nb.webp,x\n").text("b.webp", "");
        refused("b.webp, expected *.png, *.jpg");
        tree.text("metadata.csv", "file_name,text\n\"a\u0000.png\",x\n");
        refused("which is not a file");
        Files.delete(folder.resolve("metadata.csv"));
        Files.write(folder.resolve("a.txt"), "热像".getBytes(StandardCharsets.UTF_16));
        refused("a.txt: is not a text in UTF-8; save it in that encoding");
        Files.write(folder.resolve("a.txt"), new byte[2 << 20]);
        refused("a.txt: has 2097152 bytes, expected a text of at most 1048576");
    }
}
