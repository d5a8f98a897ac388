package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.shard.Tars;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadShardsTest {
    private static final byte[] IMAGE = {1};

    @TempDir
    Path folder;

    private static void assertRefused(Path path, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(path))
                .withMessage(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    private Path tar() {
        return folder.resolve("a.tar");
    }

    @Test
    void bothKindsInOneFolderAreRefused() throws IOException {
        new Tars().file("1.png", IMAGE).to(tar());
        Files.copy(ShardsTest.GOLDENS.resolve("edge/null.parquet"), folder.resolve("b.parquet"));
        assertRefused(
                folder, folder + ": holds a.tar and b.parquet, expected shards of one kind: name one of their folders");
    }

    @Test
    void compressedTarsAreRefused() throws IOException {
        for (String name : new String[] {"a.tar.gz", "a.TGZ", "a.tar.zst"}) {
            Path file = Files.createFile(folder.resolve(name));
            String message = file + ": is one of the compressed tars, expected *.tar or *.parquet: decompress it";
            assertRefused(file, message);
            assertRefused(folder, message);
            Files.delete(file);
        }
    }

    @Test
    void whatSaveToDiskWritesIsRefused() throws IOException {
        new Tree(folder)
                .text("dataset_dict.json", "{\"splits\": [\"train\"]}")
                .text("train/state.json", "{}")
                .text("train/dataset_info.json", "{}")
                .text("train/data-00000-of-00001.arrow", "");
        Path file = folder.resolve("train/data-00000-of-00001.arrow");
        String message = file + ": is one of the Arrow files of save_to_disk, expected *.tar or *.parquet: load it with"
                + " load_from_disk and write it with to_parquet, both of the datasets library";
        assertRefused(folder, message);
        assertRefused(folder.resolve("train"), message);
        assertRefused(file, message);
    }

    @Test
    void pointersOfGitLfsAreRefused() throws IOException {
        new Tree(folder).text("a.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        assertRefused(
                folder, folder.resolve("a.parquet") + ": is a Git LFS pointer, expected the file: run git lfs pull");
    }

    @Test
    void shardsWithoutImagesAreRefused() throws IOException {
        new Tars().text("1.txt", "a caption").to(tar());
        String message = tar() + ": holds no images in the form of WebDataset, expected KEY.png, KEY.jpg, KEY.tif or"
                + " KEY.bmp in it";
        assertRefused(tar(), message);
        Files.write(tar(), new byte[0]);
        assertRefused(tar(), message);
        Path empty = ShardsTest.GOLDENS.resolve("edge/empty.parquet");
        assertRefused(empty, empty + ": has 0 rows, expected at least 1");
    }

    @Test
    void twoImagesOfASampleAreRefusedUnlessOneIsInfrared() throws IOException {
        new Tars().file("a/1.left.png", IMAGE).file("a/1.right.png", IMAGE).to(tar());
        assertRefused(
                tar(),
                tar() + " sample a/1: has the images 1.left.png and 1.right.png and none alone has an infrared name;"
                        + " keep one, or name it KEY.ir.png");
    }

    @Test
    void theInfraredImageOfASampleIsRead() throws IOException {
        new Tars()
                .file("1.vis.png", new byte[] {9})
                .file("1.ir.png", IMAGE)
                .text("1.json", "{\"caption\": \"of the metadata\", \"video\": \"v\"}")
                .file("2.LWIR.jpg", IMAGE)
                .file("2.visible.jpg", new byte[] {9})
                .text("2.txt", "its own")
                .text("2.json", "{\"caption\": \"of the metadata\", \"time\": \"day\"}")
                .text("2.cls", "7")
                .file("3.visible.jpg", new byte[] {9})
                .file("4.npy", IMAGE)
                .to(tar());
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.samples().stream().map(sample -> sample.image().name()))
                .containsExactly("1.ir.png", "2.LWIR.jpg");
        assertThat(dataset.samples().stream().map(sample -> sample.image().bytes()))
                .containsExactly(IMAGE, IMAGE);
        assertThat(dataset.samples().stream().map(sample -> sample.caption().orElse("")))
                .containsExactly("of the metadata", "its own");
        assertThat(dataset.samples().get(0).group()).isEqualTo("v");
        assertThat(dataset.samples().get(1).group()).isEqualTo(folder.getFileName() + "/a.tar/2");
        assertThat(dataset.samples().get(1).attributes()).containsAllEntriesOf(Map.of("time", "day", "cls", "7"));
        assertThat(dataset.notes())
                .containsExactly(
                        "of several images of a sample, ir or lwir is read",
                        "samples left out: 1 with a visible image alone, beside infrared ones",
                        "samples left out: 1 without an image",
                        "parts of samples that are not read: 1 .npy");
    }

    @Test
    void anArchiveOfFoldersOfBothSpectraGivesTheInfraredOnes() throws IOException {
        new Tars()
                .file("set00/V000/lwir/I0.jpg", IMAGE)
                .file("set00/V000/visible/I0.jpg", IMAGE)
                .file("set00/V000/mirror/I1.jpg", IMAGE)
                .to(tar());
        Dataset dataset = Datasets.open(tar());
        assertThat(dataset.samples().stream().map(Sample::group))
                .containsExactly(
                        folder.getFileName() + "/a.tar/set00/V000/lwir/I0",
                        folder.getFileName() + "/a.tar/set00/V000/mirror/I1");
        assertThat(dataset.notes())
                .containsExactly("samples left out: 1 with a visible image alone, beside infrared ones");
    }

    @Test
    void metadataInATarIsRefusedWithItsPlace() throws IOException {
        new Tars().file("1.png", IMAGE).text("1.json", "[]").to(tar());
        assertRefused(tar(), tar() + " sample 1.json: is not a JSON object");
    }

    @Test
    void aTarWithoutAnEndIsNoted() throws IOException {
        new Tars().file("1.png", IMAGE).to(tar());
        Files.write(tar(), Arrays.copyOf(Files.readAllBytes(tar()), 1024));
        assertThat(Datasets.open(tar()).notes())
                .containsExactly(tar() + " ends without the empty blocks of a tar: samples may be missing");
    }

    @Test
    void aFolderOfImagesAndAnArchiveThatIsNoShardIsAPlainFolder() throws IOException {
        new Tree(folder).image("a.png").text("old.tar.gz", "");
        assertThat(Datasets.open(folder).name()).isEqualTo("plain folder");
        Path other = Files.write(folder.resolve("a.zip"), "x".getBytes(StandardCharsets.UTF_8));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Datasets.open(other))
                .withMessageStartingWith(other + ": is ");
    }
}
