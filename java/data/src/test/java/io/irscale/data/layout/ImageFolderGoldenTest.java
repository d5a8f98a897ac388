package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The same samples as Hugging Face's datasets library has. */
class ImageFolderGoldenTest {
    private static final Path GOLDENS = Path.of("src/test/resources/imagefolder");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"lines", "table", "parts"})
    void samplesAreThoseOfTheDatasetsLibrary(String form) throws IOException {
        List<JsonNode> expected = Files.readString(GOLDENS.resolve("expected.jsonl"))
                .lines()
                .map(line -> Json.object(line, "expected.jsonl"))
                .filter(line -> line.path("form").stringValue().equals(form))
                .toList();
        Tree tree = new Tree(folder);
        for (JsonNode line : expected) {
            tree.image(line.path("image").stringValue());
        }
        for (Item file : Walk.of(GOLDENS.resolve(form)).others()) {
            tree.text(file.name(), Files.readString(file.path()));
        }
        Dataset dataset = Datasets.open(folder);
        assertThat(dataset.name()).isEqualTo("imagefolder");
        assertThat(tree.captions(dataset))
                .isEqualTo(expected.stream()
                        .map(line -> line.path("image").stringValue() + ": "
                                + line.path("text").stringValue())
                        .toList());
        assertThat(dataset.notes()).isEmpty();
    }
}
