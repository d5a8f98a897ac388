package io.irscale.text;

import static io.irscale.text.SmallClip.BOS;
import static io.irscale.text.SmallClip.EOS;
import static io.irscale.text.SmallClip.HOT;
import static io.irscale.text.SmallClip.inside;
import static io.irscale.text.SmallClip.last;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.djl.util.Utils;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipTokenizerTest {
    private static final String FIRE = Character.toString(0x1F525);

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        SmallClip.write(folder);
    }

    @Test
    void promptStandsBetweenBeginAndEndAndIsPadded() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            TokenIds ids = clip.encode("  HOT \n ox", 8);
            assertThat(ids.ids()).containsExactly(BOS, HOT, inside('o'), last('x'), EOS, EOS, EOS, EOS);
            assertThat(ids.length()).isEqualTo(8);
            assertThat(ids.used()).isEqualTo(5);
            assertThat(ids.truncated()).isFalse();
            assertThat(ids.cut()).isEmpty();
        }
    }

    @Test
    void aPromptThatJustFitsLosesNothing() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            TokenIds ids = clip.encode("hot hot", 4);
            assertThat(ids.ids()).containsExactly(BOS, HOT, HOT, EOS);
            assertThat(ids.truncated()).isFalse();
        }
    }

    @Test
    void aPromptTooLongKeepsTheEndTokenAndTellsWhatWasCut() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            TokenIds ids = clip.encode("hot Hot  HOT" + FIRE + "  Seen ", 4);
            assertThat(ids.ids()).containsExactly(BOS, HOT, HOT, EOS);
            assertThat(ids.used()).isEqualTo(4);
            assertThat(ids.truncated()).isTrue();
            assertThat(ids.cut()).isEqualTo("HOT" + FIRE + "  Seen");
        }
    }

    @Test
    void cutTextStartsRightAfterSupplementaryCharacters() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            // The fire takes four tokens, one a byte; BOS, the fire, hot, EOS.
            assertThat(clip.encode(FIRE + " hot ox", 7).cut()).isEqualTo("ox");
            assertThat(clip.encode("hot " + FIRE, 4).cut()).isEqualTo(FIRE);
        }
    }

    @Test
    void padTokenComesFromTheNewConfigOrTheMapBeforeAnOldOne() throws IOException {
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"pad_token\": {\"content\": \"!\"}}");
        assertThat(padded()).isEqualTo(inside('!'));
        String config = "{\"added_tokens_decoder\": {}, \"pad_token\": \"#\"}";
        Files.writeString(folder.resolve("tokenizer_config.json"), config);
        assertThat(padded()).isEqualTo(inside('#'));
        Files.writeString(folder.resolve("tokenizer_config.json"), config.replace("added_tokens_decoder", "old"));
        assertThat(padded()).isEqualTo(inside('!'));
        Files.delete(folder.resolve("special_tokens_map.json"));
        assertThat(padded()).isEqualTo(inside('#'));
    }

    @Test
    void tokenizerJsonGivesTheSameIds() throws IOException {
        String json = ClipTokenizerJson.of(new TokenizerFiles(folder)).toString();
        Files.writeString(folder.resolve("tokenizer.json"), json);
        Files.delete(folder.resolve("vocab.json"));
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            assertThat(clip.encode("hot o", 5).ids()).containsExactly(BOS, HOT, last('o'), EOS, EOS);
        }
    }

    @Test
    void specialTokenInTheTextIsOneToken() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            assertThat(clip.encode("hot<|endoftext|>hot", 6).ids()).containsExactly(BOS, HOT, EOS, HOT, EOS, EOS);
        }
    }

    @Test
    void zeroByteIsOneMoreCharacter() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            assertThat(clip.encode("\0", 4).ids()).containsExactly(BOS, last('\0'), EOS, EOS);
        }
    }

    @ParameterizedTest
    @CsvSource({"D83D, a", "DD25, a", "D83D, ''"})
    void loneSurrogateIsRefusedWithItsPlace(String surrogate, String after) {
        String prompt = FIRE + "a" + (char) Integer.parseInt(surrogate, 16) + after;
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> clip.encode(prompt, 77))
                    .withMessageContaining("U+" + surrogate + " at character 3");
        }
    }

    @Test
    void noRoomForTheSpecialTokensIsRefused() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> clip.encode("hot", 1))
                    .withMessageContaining("length 1 ");
            assertThat(clip.encode("hot", 2).ids()).containsExactly(BOS, EOS);
        }
    }

    @Test
    void useAndCloseAfterCloseAreRefused() {
        ClipTokenizer clip = ClipTokenizer.open(folder);
        clip.close();
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> clip.encode("hot", 77));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(clip::close);
    }

    @Test
    void brokenFilesAreNamed() throws IOException {
        Files.writeString(folder.resolve("merges.txt"), "h o t\n");
        refused("merges.txt", "h o t");
        Files.writeString(folder.resolve("merges.txt"), "absent token\n");
        refused("vocab.json", "absent");
        Files.writeString(folder.resolve("vocab.json"), "{\"a\": ");
        refused("vocab.json", "JSON");
        Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0}");
        refused("vocab.json", "<|startoftext|>");
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"added_tokens_decoder\": {\"x\": {\"content\": \"y\"}}}");
        SmallClip.write(folder);
        refused("tokenizer_config.json", "x");
        Files.delete(folder.resolve("vocab.json"));
        refused(folder.toString(), "tokenizer.json");
    }

    @Test
    void openingKeepsTheLibraryOffline() {
        ClipTokenizer.open(folder).close();
        assertThat(Utils.isOfflineMode()).isTrue();
    }

    private int padded() {
        try (ClipTokenizer clip = ClipTokenizer.open(folder)) {
            return clip.encode("hot", 4).ids()[3];
        }
    }

    private void refused(String file, String what) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ClipTokenizer.open(folder))
                .withMessageContaining(file)
                .withMessageContaining(what)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
}
