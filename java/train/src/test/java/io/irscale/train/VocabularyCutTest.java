package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.T5Tokenizer;
import io.irscale.text.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Captions must keep their tokens under a cut vocabulary. */
class VocabularyCutTest {
    private static final Path FULL =
            Path.of(System.getProperty("irscale.shared", "../../../shared")).resolve("tokenizers");
    private static final List<String> CAPTIONS = List.of(
            "an infrared photo at night, with two cars and one person",
            "an aerial thermal photo from 60 m, with ten bicycles");
    private static final int LENGTH = 32;

    @TempDir
    private Path cut;

    @BeforeEach
    void vocabularies() {
        Assumptions.assumeTrue(Files.isDirectory(FULL), () -> "FLUX's vocabularies are not at " + FULL);
    }

    private static int[] used(TokenIds ids) {
        return Arrays.copyOf(ids.ids(), ids.used());
    }

    @Test
    void clipKeepsTheCaptionsTokens() throws IOException {
        VocabularyCut.clip(FULL.resolve("clip_l"), cut, CAPTIONS, LENGTH);
        JsonNode all = new JsonMapper()
                .readTree(Files.readString(FULL.resolve("clip_l").resolve("vocab.json")));
        JsonNode some = new JsonMapper().readTree(Files.readString(cut.resolve("vocab.json")));
        assertThat(some.size()).isBetween(515, 700);
        try (ClipTokenizer full = ClipTokenizer.open(FULL.resolve("clip_l"));
                ClipTokenizer small = ClipTokenizer.open(cut)) {
            for (String caption : CAPTIONS) {
                assertThat(names(some, used(small.encode(caption, LENGTH))))
                        .isEqualTo(names(all, used(full.encode(caption, LENGTH))));
            }
            assertThat(small.encode("zebra", LENGTH).used())
                    .isGreaterThan(full.encode("zebra", LENGTH).used());
        }
    }

    private static List<String> names(JsonNode vocabulary, int[] ids) {
        String[] names = new String[vocabulary.size()];
        vocabulary.forEachEntry((token, id) -> names[id.asInt()] = token);
        return Arrays.stream(ids).mapToObj(id -> names[id]).toList();
    }

    @Test
    void t5KeepsTheCaptionsTokens() throws IOException {
        VocabularyCut.t5(FULL.resolve("t5"), cut, CAPTIONS, LENGTH);
        JsonNode all =
                new JsonMapper().readTree(Files.readString(FULL.resolve("t5").resolve("tokenizer.json")));
        JsonNode some = new JsonMapper().readTree(Files.readString(cut.resolve("tokenizer.json")));
        assertThat(some.at("/model/vocab").size()).isBetween(100, 500);
        try (T5Tokenizer full = T5Tokenizer.open(FULL.resolve("t5"));
                T5Tokenizer small = T5Tokenizer.open(cut)) {
            for (String caption : CAPTIONS) {
                assertThat(pieces(some, used(small.encode(caption, LENGTH))))
                        .isEqualTo(pieces(all, used(full.encode(caption, LENGTH))));
            }
            assertThat(small.encode("zebra", LENGTH).used())
                    .isGreaterThan(full.encode("zebra", LENGTH).used());
        }
    }

    private static List<String> pieces(JsonNode tokenizer, int[] ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> tokenizer.at("/model/vocab").get(id).get(0).asString(""))
                .toList();
    }

    @Test
    void onlyAsciiIsCut() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> VocabularyCut.clip(FULL.resolve("clip_l"), cut, List.of("a café"), LENGTH))
                .withMessageContaining("is not ASCII");
    }
}
