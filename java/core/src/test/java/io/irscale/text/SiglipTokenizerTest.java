package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Token ids against transformers' SiglipTokenizer and Siglip2Tokenizer: {@code goldens/siglip/make.py}. */
class SiglipTokenizerTest {
    private static final Path GOLDENS = GoldenTensors.GOLDENS.resolve("siglip");

    @TempDir
    Path folder;

    private Path copy(String from) throws IOException {
        for (String name : List.of("spiece.model", "tokenizer.json", "tokenizer_config.json")) {
            Path file = GOLDENS.resolve(from).resolve(name);
            if (Files.exists(file)) {
                Files.copy(file, folder.resolve(name));
            }
        }
        return folder;
    }

    private static void requireGolden(SiglipTokenizer tokenizer, String family) throws IOException {
        GoldenTensors golden = new GoldenTensors("siglip/" + family + "/golden.safetensors");
        List<String> texts = new JsonMapper()
                .readTree(golden.metadata("texts"))
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
        int length = golden.size("text_ids", 1);
        ByteBuffer ids = golden.bytes("text_ids");
        for (String text : texts) {
            int[] expected = new int[length];
            Arrays.setAll(expected, i -> Math.toIntExact(ids.getLong()));
            assertThat(tokenizer.encode(text, length).ids()).as(text).containsExactly(expected);
        }
        assertThat(ids.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed", "naflex"})
    void idsAreTransformers(String family) throws IOException {
        try (SiglipTokenizer tokenizer = SiglipTokenizer.open(GOLDENS.resolve(family))) {
            requireGolden(tokenizer, family);
        }
    }

    @Test
    void aTokenizerJsonOfTheSameModelGivesTheSameIds() throws IOException {
        TokenizerFiles files = new TokenizerFiles(GOLDENS.resolve("fixed"));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                SentencePieceJson.of(files, "</s>", List.of("</s>", "<unk>")).toString());
        try (SiglipTokenizer tokenizer = SiglipTokenizer.open(folder)) {
            requireGolden(tokenizer, "fixed");
        }
    }

    @Test
    void theEndIsKeptAndWhatWasCutIsTold() {
        try (SiglipTokenizer tokenizer = SiglipTokenizer.open(GOLDENS.resolve("fixed"))) {
            TokenIds ids = tokenizer.encode("A road, " + "two CARS! ".repeat(40), 12);
            assertThat(ids.truncated()).isTrue();
            assertThat(ids.ids()).hasSize(12).endsWith(1);
            assertThat(ids.cut()).endsWith("two cars");
            assertThat(tokenizer.encode("", 3).ids()).containsExactly(1, 1, 1);
        }
    }

    @Test
    void paddingComesFirstWhereTheFileSaysSo() throws IOException {
        Path config = copy("naflex").resolve("tokenizer_config.json");
        Files.writeString(config, Files.readString(config).replace("\"right\"", "\"left\""));
        try (SiglipTokenizer right = SiglipTokenizer.open(GOLDENS.resolve("naflex"));
                SiglipTokenizer left = SiglipTokenizer.open(folder)) {
            TokenIds plain = right.encode("a road", 16);
            int[] shifted = left.encode("a road", 16).ids();
            assertThat(shifted[15]).isEqualTo(1);
            assertThat(Arrays.copyOfRange(shifted, 16 - plain.used(), 16))
                    .containsExactly(Arrays.copyOf(plain.ids(), plain.used()));
            assertThat(Arrays.copyOf(shifted, 16 - plain.used())).containsOnly(0);
        }
    }

    @Test
    void capitalsStayWhereTheFileSaysSo() throws IOException {
        Path config = copy("naflex").resolve("tokenizer_config.json");
        Files.writeString(
                config, Files.readString(config).replace("\"do_lower_case\": true", "\"do_lower_case\": false"));
        try (SiglipTokenizer lowered = SiglipTokenizer.open(GOLDENS.resolve("naflex"));
                SiglipTokenizer exact = SiglipTokenizer.open(folder)) {
            assertThat(exact.encode("a Road", 16).ids())
                    .isNotEqualTo(lowered.encode("a Road", 16).ids());
            assertThat(exact.encode("a road", 16).ids())
                    .isEqualTo(lowered.encode("a road", 16).ids());
        }
    }

    @Test
    void aFolderWithoutATokenizerIsRefused() {
        refused(folder + ": holds no SigLIP tokenizer: neither spiece.model nor tokenizer.json");
    }

    @Test
    void brokenModelsAreRefusedByName() throws IOException {
        Path file = copy("fixed").resolve("spiece.model");
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, 7, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> SiglipTokenizer.open(folder))
                    .withMessageStartingWith(file + ": is no SentencePiece model that can be read (");
        }
        Files.write(file, "no model at all".getBytes(StandardCharsets.UTF_8));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SiglipTokenizer.open(folder))
                .withMessageStartingWith(file + ": is no SentencePiece model that can be read (");
    }

    @Test
    void otherModelsAreRefusedByName() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}}}");
        refused(folder.resolve("tokenizer.json")
                + ": its model is of type 'WordPiece', expected Unigram (SigLIP) or BPE (SigLIP 2)");
    }

    private void refused(String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> SiglipTokenizer.open(folder))
                .withMessage(message);
    }

    @Test
    void useAfterCloseIsRefused() {
        SiglipTokenizer tokenizer = SiglipTokenizer.open(GOLDENS.resolve("fixed"));
        tokenizer.close();
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> tokenizer.encode("a road", 8));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(tokenizer::close);
    }
}
