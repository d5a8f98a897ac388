package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
    @TempDir
    private Path folder;

    @Test
    void copiesFoldersWithTheFilesThatLinksNameAndLeavesNothingElse() throws IOException {
        Path from = Files.createDirectories(folder.resolve("from/tokenizer")).resolveSibling("");
        Files.writeString(folder.resolve("blob"), "weights");
        Files.createSymbolicLink(from.resolve("model.safetensors"), folder.resolve("blob"));
        Files.writeString(from.resolve("tokenizer/vocab.json"), "{}");
        Path to = folder.resolve("out/to");

        ModelFiles.copyFolder(from, to);

        assertThat(names(to)).containsExactly("model.safetensors", "tokenizer/vocab.json");
        assertThat(to.resolve("model.safetensors")).hasContent("weights").isRegularFile();
        assertThat(to.resolve("tokenizer/vocab.json")).hasContent("{}");
    }

    @Test
    void anOlderFileIsReplacedAndNotWrittenInto() throws IOException {
        Path from = Files.createDirectories(folder.resolve("from"));
        Path to = Files.createDirectories(folder.resolve("to"));
        Files.writeString(from.resolve("config.json"), "new");
        Files.writeString(to.resolve("config.json"), "old");
        Path held = Files.createLink(folder.resolve("held"), to.resolve("config.json"));

        ModelFiles.copyFolder(from, to);

        assertThat(to.resolve("config.json")).hasContent("new");
        assertThat(held).hasContent("old");
    }

    @Test
    void namesAFolderThatIsNotThere() {
        Path missing = folder.resolve("missing");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ModelFiles.copyFolder(missing, folder.resolve("to")))
                .withMessageContaining(missing.toString());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
