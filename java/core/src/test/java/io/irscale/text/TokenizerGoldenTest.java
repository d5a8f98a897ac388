package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** FLUX's own vocabularies against the ids of transformers 5.18. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenizerGoldenTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path VOCABULARIES =
            Path.of(System.getProperty("irscale.shared", "../../../shared"), "tokenizers");

    private ClipTokenizer clip;
    private T5Tokenizer t5;

    @BeforeAll
    void open() {
        Assumptions.assumeTrue(Files.isDirectory(VOCABULARIES), () -> "FLUX's vocabularies are not at " + VOCABULARIES);
        Tokenizers found = Tokenizers.find(VOCABULARIES);
        clip = ClipTokenizer.open(found.clip());
        t5 = T5Tokenizer.open(found.t5());
    }

    @AfterAll
    void close() {
        if (Files.isDirectory(VOCABULARIES)) {
            clip.close();
            t5.close();
        }
    }

    static List<JsonNode> prompts() throws IOException {
        List<JsonNode> all = JSON.readTree(GoldenTensors.GOLDENS.resolve("tokenizers.json"))
                .valueStream()
                .toList();
        assertThat(all).hasSizeGreaterThanOrEqualTo(30);
        return all;
    }

    @ParameterizedTest
    @MethodSource("prompts")
    void awkwardPromptsEncodeAsInTransformers(JsonNode golden) {
        String prompt = golden.required("text").stringValue();
        assertThat(clip.encode(prompt, 77).ids()).isEqualTo(ids(golden.required("clip_77")));
        assertThat(t5.encode(prompt, 128).ids()).isEqualTo(ids(golden.required("t5_128")));
    }

    @Test
    void promptsOfTheGoldenRunEncodeAsTheyDidThere() throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/token_ids.safetensors");
        JsonNode manifest = JSON.readTree(GoldenTensors.GOLDENS.resolve("dev/manifest.json"));
        LongBuffer clipIds = golden.bytes("clip_ids").asLongBuffer();
        LongBuffer t5Ids = golden.bytes("t5_ids").asLongBuffer();
        for (JsonNode node : manifest.required("prompts")) {
            String prompt = node.stringValue();
            int clipLength = golden.size("clip_ids", 1);
            int t5Length = golden.size("t5_ids", 1);
            assertThat(clip.encode(prompt, clipLength).ids()).isEqualTo(next(clipIds, clipLength));
            assertThat(t5.encode(prompt, t5Length).ids()).isEqualTo(next(t5Ids, t5Length));
        }
        assertThat(clipIds.hasRemaining()).isFalse();
        assertThat(t5Ids.hasRemaining()).isFalse();
    }

    @Test
    void aPromptOfAMegabyteIsCutAndToldSo() {
        String prompt = "thermal car ".repeat(1 << 17);
        TokenIds clipIds = clip.encode(prompt, 77);
        assertThat(clipIds.truncated()).isTrue();
        // 75 of the words fit between BOS and EOS, so the first one lost is a second of a pair.
        assertThat(clipIds.cut())
                .isEqualTo(prompt.substring(37 * 12 + "thermal ".length()).strip());
        TokenIds t5Ids = t5.encode(prompt, 512);
        assertThat(t5Ids.used()).isEqualTo(512);
        assertThat(t5Ids.ids()[511]).isEqualTo(1);
        assertThat(prompt.strip()).endsWith(t5Ids.cut());
    }

    private static int[] ids(JsonNode list) {
        return list.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static int[] next(LongBuffer ids, int count) {
        long[] row = new long[count];
        ids.get(row);
        return Arrays.stream(row).mapToInt(Math::toIntExact).toArray();
    }
}
