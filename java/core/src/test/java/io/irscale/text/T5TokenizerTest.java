package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class T5TokenizerTest {
    private static final String SMALL = SmallTokenizers.t5("[\"<pad>\", 0.0], [\"</s>\", 0.0], [\"<unk>\", 0.0],"
            + " [\"▁hot\", -1.0], [\"▁car\", -1.5], [\"s\", -2.0]");

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), SMALL);
    }

    @Test
    void promptEndsInTheEndTokenAndIsPaddedWithZero() {
        try (T5Tokenizer t5 = T5Tokenizer.open(folder)) {
            TokenIds ids = t5.encode("hot cars", 6);
            assertThat(ids.ids()).containsExactly(3, 4, 5, 1, 0, 0);
            assertThat(ids.used()).isEqualTo(4);
            assertThat(t5.encode("", 2).ids()).containsExactly(1, 0);
        }
    }

    @Test
    void aPromptTooLongKeepsTheEndTokenAndTellsWhatWasCut() {
        try (T5Tokenizer t5 = T5Tokenizer.open(folder)) {
            TokenIds ids = t5.encode("hot cars hot", 3);
            assertThat(ids.ids()).containsExactly(3, 4, 1);
            assertThat(ids.truncated()).isTrue();
            assertThat(ids.cut()).isEqualTo("s hot");
            assertThat(t5.encode("hot cars hot", 4).cut()).isEqualTo("hot");
        }
    }

    @Test
    void paddingTokenIsFoundInAVocabularyThatIsAList() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"▁car\"}");
        try (T5Tokenizer t5 = T5Tokenizer.open(folder)) {
            assertThat(t5.encode("hot", 3).ids()).containsExactly(3, 1, 4);
        }
    }

    @Test
    void useAndCloseAfterCloseAreRefused() {
        T5Tokenizer t5 = T5Tokenizer.open(folder);
        t5.close();
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> t5.encode("hot", 3));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(t5::close);
    }

    @Test
    void aSentencePieceFileAloneIsRefusedWithTheRemedy() throws IOException {
        Files.move(folder.resolve("tokenizer.json"), folder.resolve("spiece.model"));
        refused("save_pretrained");
        Files.delete(folder.resolve("spiece.model"));
        refused("is missing");
    }

    @Test
    void aTokenizerWithoutEndTokenIsRefused() throws IOException {
        String json = SMALL.replaceFirst(", \\{\"SpecialToken\".*]", "]");
        assertThat(json).isNotEqualTo(SMALL);
        Files.writeString(folder.resolve("tokenizer.json"), json);
        refused("puts 0 special tokens around a prompt");
    }

    @Test
    void brokenFilesAreNamed() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), SMALL.replace("Unigram", "Trigram"));
        refused("no tokenizer that can be read");
        Files.writeString(folder.resolve("tokenizer.json"), "[]");
        refused("no JSON object");
        Files.writeString(folder.resolve("tokenizer.json"), SMALL.substring(0, 500));
        refused("no valid JSON");
    }

    private void refused(String why) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> T5Tokenizer.open(folder))
                .withMessageStartingWith(folder.resolve("tokenizer.json").toString())
                .withMessageContaining(why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
}
