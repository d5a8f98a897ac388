package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.irscale.data.Dataset;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldersTest {
    @TempDir
    Path folder;

    private Tree tree;

    @BeforeEach
    void start() {
        tree = new Tree(folder);
    }

    private List<String> names(Dataset dataset) {
        return dataset.samples().stream()
                .map(sample -> folder.relativize(sample.image().file()).toString())
                .toList();
    }

    @Test
    void hiddenFilesAndFoldersAreLeftOut() throws IOException {
        tree.image("a.png")
                .image("._a.png")
                .image(".ipynb_checkpoints/a-checkpoint.png")
                .image("v/.Trash/deep/b.png")
                .image("__MACOSX/v/c.png")
                .image("v/@eaDir/d.png")
                .text(".git/HEAD", "x")
                .image("v/e.png");
        Dataset dataset = Datasets.open(folder);
        assertThat(names(dataset)).containsExactly("a.png", "v/e.png");
        assertThat(dataset.notes()).containsExactly("left out: 5 images in hidden files and folders, such as ._a.png");
        Files.delete(folder.resolve("v/e.png"));
        Files.delete(folder.resolve("a.png"));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder))
                .withMessage(folder + ": holds no *.png, *.jpg, *.jpeg, *.tif, *.tiff or *.bmp; left out: 5"
                        + " images in hidden files and folders, such as ._a.png");
    }

    @Test
    void aHiddenLinkHidesNothing() throws IOException {
        tree.image("images/a.png");
        Files.createSymbolicLink(folder.resolve(".cache"), folder.resolve("images"));
        Dataset dataset = Datasets.open(folder);
        assertThat(names(dataset)).containsExactly("images/a.png");
        assertThat(dataset.notes()).isEmpty();
    }

    @Test
    void bitmapsAreImagesAndOtherKindsAreCounted() throws IOException {
        tree.image("a.bmp")
                .image("b.TIFF")
                .image("c.webp")
                .image("d.webp")
                .text("e.npy", "")
                .text("f.seq", "")
                .text("notes.md", "");
        Dataset dataset = Datasets.open(folder);
        assertThat(names(dataset)).containsExactly("a.bmp", "b.TIFF");
        assertThat(dataset.notes())
                .containsExactly("left out: 1 *.npy, 1 *.seq, 2 *.webp; images are read from *.png, *.jpg, *.jpeg,"
                        + " *.tif, *.tiff or *.bmp");
    }

    @Test
    void linksAreFollowedAndCyclesEnd() throws IOException {
        tree.image("data/a.png").image("store/b.png").image("store/in/c.png");
        Path data = folder.resolve("data");
        Files.createSymbolicLink(data.resolve("linked"), folder.resolve("store"));
        Files.createSymbolicLink(data.resolve("again"), folder.resolve("store"));
        Files.createSymbolicLink(data.resolve("cycle"), data);
        Files.createSymbolicLink(data.resolve("above"), folder);
        Files.createSymbolicLink(data.resolve("itself"), Path.of("itself"));
        Files.createSymbolicLink(data.resolve("d.png"), folder.resolve("store/in/c.png"));
        Files.createSymbolicLink(data.resolve("gone.png"), folder.resolve("none.png"));
        Files.createSymbolicLink(folder.resolve("real"), data);
        Dataset dataset = Datasets.open(folder.resolve("real"));
        assertThat(names(dataset)).containsExactly("real/a.png", "real/again/b.png", "real/again/in/c.png");
        assertThat(dataset.groups()).contains("real/a.png", "real/again");
        assertThat(dataset.notes())
                .containsExactly(
                        "left out: 1 image behind links that lead nowhere, such as gone.png",
                        "left out: 1 link to images of the folder itself");
    }

    @Test
    void linkedImagesOutsideKeepTheirNames() throws IOException {
        tree.image("blobs/1").text("set/x.txt", "one").text("set/y.txt", "two");
        Files.createSymbolicLink(folder.resolve("set/x.png"), folder.resolve("blobs/1"));
        Files.createSymbolicLink(folder.resolve("set/y.png"), folder.resolve("blobs/1"));
        assertThat(tree.captions(Datasets.open(folder.resolve("set"))))
                .containsExactly("set/x.png: one", "set/y.png: two");
    }

    @Test
    void anImageIsTheSameHoweverItIsNamed() throws IOException {
        tree.image("in/a.png").image("in/b c.png").image("in/v/d.png").image("out/e.png");
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("in"));
        String absolute = folder.resolve("link/a.png").toString();
        tree.text("in/metadata.jsonl", """
                {"file_name": "%s", "text": "absolute"}
                {"file_name": "../in/./b c.png", "text": "around"}
                {"file_name": "v\\\\d.png", "text": "backslash"}
                {"file_name": "%s", "text": "outside"}
                """.formatted(absolute, folder.resolve("out/e.png")));
        List<String> captions = List.of("a.png: absolute", "b c.png: around", "v/d.png: backslash");
        for (String spelled : List.of("in", "link", "out/../in", "link/../in")) {
            Dataset dataset = Datasets.open(folder.resolve(spelled));
            assertThat(dataset.samples()).hasSize(4);
            assertThat(new Tree(folder.resolve(spelled)).captions(dataset)).containsAll(captions);
            assertThat(dataset.samples().getFirst().caption()).contains("outside");
        }
        Path relative = Path.of("").toAbsolutePath().relativize(folder.resolve("in"));
        assertThat(new Tree(relative).captions(Datasets.open(relative)))
                .hasSize(4)
                .containsAll(captions);
    }

    @Test
    void aPathThatClimbsOutOfTheFolderIsRefused() throws IOException {
        tree.image("in/a.png").image("out/e.png").text("in/metadata.jsonl", "{\"file_name\": \"../out/e.png\"}");
        assertThatThrownBy(() -> Datasets.open(folder.resolve("in")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("metadata.jsonl line 1", "\"../out/e.png\"", "absolute path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0000.png", "a\\ud800.png", "\\u001b[2Ja.png"})
    void aNameThatNoFileCanHaveIsOneLine(String name) throws IOException {
        tree.image("a.png").text("metadata.jsonl", "{\"file_name\": \"" + name + "\"}");
        assertThatThrownBy(() -> Datasets.open(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("metadata.jsonl line 1")
                .message()
                .satisfies(text -> assertThat(text.chars().allMatch(c -> c >= ' ' && c < 0xD800))
                        .as(text)
                        .isTrue());
    }

    /** macOS takes accents apart where a metadata file was written with whole letters. */
    @Test
    void accentsMayBeComposedOtherwise() throws IOException {
        tree.image("nuit e\u0301toile\u0301e.png").text("metadata.jsonl", """
                {"file_name": "nuit \u00e9toil\u00e9e.png", "text": "stars"}
                """);
        assertThat(Datasets.open(folder).samples())
                .singleElement()
                .satisfies(sample -> assertThat(sample.caption()).contains("stars"));
    }

    @Test
    void metadataMayBeAllThatLiesThere() throws IOException {
        tree.image("store/a.png")
                .text(
                        "set/metadata.jsonl",
                        "{\"file_name\": \"%s\", \"text\": \"far\"}".formatted(folder.resolve("store/a.png")));
        assertThat(tree.captions(Datasets.open(folder.resolve("set")))).containsExactly("store/a.png: far");
    }

    @Test
    void orderIsByPathWithSlashes() throws IOException {
        tree.image("b.png").image("a/z.png").image("a.png").image("B.png").image("a/b/c.png");
        assertThat(names(Datasets.open(folder))).containsExactly("B.png", "a.png", "a/b/c.png", "a/z.png", "b.png");
    }

    /** What a checkout of git or an archive of GitHub has in a link's place, where the system has no links. */
    @Test
    void aFileThatNamesAFolderLeadsToIt() throws IOException {
        tree.image("store/a.png").text("real", "store").text("far", "../" + folder.getFileName() + "/real\n");
        for (String name : new String[] {"real", "far"}) {
            Dataset dataset = Datasets.open(folder.resolve(name));
            assertThat(names(dataset)).containsExactly("store/a.png");
            assertThat(dataset.notes().getFirst()).endsWith("the name of another folder, which is read");
        }
        tree.text("loop", "loop");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder.resolve("loop")))
                .withMessageContaining("loop: is a file, expected the folder of a data set");
    }

    @Test
    void whatIsNoFolderIsRefused() throws IOException {
        tree.image("a.png").image("v\uFFFD\uFFFD/b.png");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder.resolve("a.png")))
                .withMessage(folder.resolve("a.png")
                        + ": is a file, expected the folder of a data set, or a shard (*.tar, *.parquet)");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(folder))
                .withMessageContaining("a name that the locale cannot decode; set LC_ALL=C.UTF-8");
    }
}
