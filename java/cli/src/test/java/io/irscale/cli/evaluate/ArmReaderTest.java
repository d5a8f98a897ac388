package io.irscale.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.image.ImageSource;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which images of a run are an arm; files are named here and not looked into. */
final class ArmReaderTest {
    private static final String GENERATE = """
            {"prompts": [
              {"prompt": "a road", "candidates": [{"file": "a1.png"}, {"file": "a0.png"}]},
              {"prompt": "a car", "candidates": [{"file": "b0.png"}, {"file": "b1.png"}]}]}
            """;
    private static final String SEARCH = """
            {"prompts": [{"prompt": "a road", "unsearched": {"file": "a0.png"}, "searches": [
              {"strategy": "svdd", "winner": "a1.png", "candidates": [{"file": "a1.png"}]},
              {"strategy": "random", "winner": "b0.png", "candidates": [{"file": "b0.png"}, {"file": "b1.png"}]}]}]}
            """;

    @TempDir
    private Path folder = Path.of("");

    private void run(String json) throws IOException {
        Files.writeString(folder.resolve("run.json"), json);
        for (String name : List.of("a0", "a1", "b0", "b1")) {
            Files.writeString(folder.resolve(name + ".png"), "");
        }
    }

    private static Arm read(String text) {
        return ArmReader.read(text, new PrintWriter(Writer.nullWriter()));
    }

    private List<String> images(String which) {
        return read("arm=" + folder + which).images().stream()
                .map(ImageSource::name)
                .toList();
    }

    @Test
    void aRunOfGenerateGivesAllOrEachPromptsBest() throws IOException {
        run(GENERATE);
        assertThat(images("")).containsExactly("a1.png", "a0.png", "b0.png", "b1.png");
        assertThat(images("#best")).containsExactly("a1.png", "b0.png");
        Arm all = read(folder.toString());
        assertThat(all.name()).isEqualTo(String.valueOf(folder.getFileName()));
        assertThat(all.prompts()).contains(List.of("a road", "a road", "a car", "a car"));
        assertThat(read(folder + "#best").pairsWith(all)).isFalse();
        assertThat(all.draw(2, 7).prompts().orElseThrow()).hasSize(2);
    }

    @Test
    void aRunOfSearchGivesAStrategysWinnersOrWhatWasThereBefore() throws IOException {
        run(SEARCH);
        assertThat(images("#svdd")).containsExactly("a1.png");
        assertThat(images("#random")).containsExactly("b0.png");
        assertThat(images("#unsearched")).containsExactly("a0.png");
        assertThat(images("#all")).containsExactly("a1.png", "b0.png", "b1.png");
        assertThat(read("x=" + folder + "#svdd").pairsWith(read("y=" + folder + "#unsearched")))
                .isTrue();
        assertRefused("", "has no images #best; expected #unsearched, #all or #random or #svdd");
        run(SEARCH.replaceAll("(?s),\\s*\\{\"strategy\": \"random\".*?]}", ""));
        assertThat(images("")).containsExactly("a1.png");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | lists no images",
                "{\"prompts\": [ | is not valid JSON",
                "{\"prompts\": [{}]} | prompt is missing, is this a run.json of irscale?",
                "{\"prompts\": [{\"prompt\": \"a\", \"candidates\": [{\"file\": \"../a0.png\"}]}]} | names the image ../a0.png",
                "{\"prompts\": [{\"prompt\": \"a\", \"candidates\": [{\"file\": \"c.png\"}]}]} | names the image c.png",
                "{\"prompts\": [{\"prompt\": \"a\", \"candidates\": [{\"file\": 3}]}]} | file is missing"
            })
    void anotherRunJsonIsRefused(String json, String message) throws IOException {
        run(json);
        assertRefused("", message);
    }

    private void assertRefused(String which, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> images(which))
                .withMessageStartingWith(folder.resolve("run.json").toString())
                .withMessageContaining(message);
    }
}
