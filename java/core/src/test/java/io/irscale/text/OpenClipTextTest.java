package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Awkward prompts against open_clip 3.3 with ftfy 6.3. */
class OpenClipTextTest {
    private static final Path VOCABULARY =
            Path.of(System.getProperty("irscale.shared", "../../../shared"), "tokenizers/clip_l");

    static List<JsonNode> prompts() throws IOException {
        return new JsonMapper()
                .readTree(GoldenTensors.GOLDENS.resolve("open_clip/text.json"))
                .valueStream()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("prompts")
    void promptsAreCleanedAsInOpenClip(JsonNode golden) {
        assertThat(OpenClipText.clean(golden.required("text").stringValue()))
                .isEqualTo(golden.required("clean").stringValue());
    }

    @Test
    void promptsEncodeAsInOpenClip() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(VOCABULARY), () -> "CLIP's vocabulary is not at " + VOCABULARY);
        try (ClipTokenizer tokenizer = ClipTokenizer.openClip(VOCABULARY)) {
            for (JsonNode golden : prompts()) {
                int[] ids = golden.required("ids")
                        .valueStream()
                        .mapToInt(JsonNode::intValue)
                        .toArray();
                String prompt = golden.required("text").stringValue();
                assertThat(tokenizer.encode(prompt, 77).ids()).as(prompt).isEqualTo(Arrays.copyOf(ids, 77));
            }
        }
    }

    @Test
    void mojibakeAndLoneSurrogatesDoNotFail() {
        assertThat(OpenClipText.clean("cafÃ©")).isEqualTo("cafã©"); // ftfy would give café
        assertThat(OpenClipText.clean("a\ud83d b")).isEqualTo("a\ufffd b");
    }
}
