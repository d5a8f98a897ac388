package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each of these files ends the process once the tokenizers library reads it, or encodes a prompt with it. */
class TokenizerPanicsTest {
    private static final String VOCABULARY =
            "[\"<pad>\", 0.0], [\"</s>\", 0.0], [\"<unk>\", 0.0], [\"▁\", -1.0], [\"a\", -2.0]";
    private static final int UNITS = 768;
    private static final int LEAF = 1 << 8;

    @TempDir
    private Path folder;

    /** A charsmap that makes "a" of every capital A and of é, damaged by {@code damage}. */
    private static byte[] charsmap(Consumer<int[]> damage) {
        int[] units = new int[UNITS];
        units[0] = 256 << 10;
        child(units, 256, 'A', LEAF, 512);
        units[512] = Integer.MIN_VALUE;
        child(units, 256, 0xC3, 0, 256);
        child(units, 256, 0xA9, LEAF, 512);
        damage.accept(units);
        byte[] texts = "a\0é\0".getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (1 + UNITS) + texts.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Integer.BYTES * UNITS);
        bytes.asIntBuffer().put(units);
        return bytes.position(Integer.BYTES * (1 + UNITS)).put(texts).array();
    }

    private static void child(int[] units, int from, int label, int leaf, int to) {
        int position = from ^ label;
        units[position] = (position ^ to) << 10 | leaf | label;
    }

    private T5Tokenizer open(String normalizer) throws IOException {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                SmallTokenizers.t5(VOCABULARY).replace("\"normalizer\": null", "\"normalizer\": " + normalizer));
        return T5Tokenizer.open(folder);
    }

    private static String precompiled(String base64) {
        return "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Sequence\", \"normalizers\": ["
                + "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"" + base64 + "\"}]}]}";
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void refused(String normalizer, String complaint) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> open(normalizer).close())
                .withMessageStartingWith(folder.resolve("tokenizer.json") + ": ")
                .withMessageContaining(complaint);
    }

    private void refused(Consumer<int[]> damage, String complaint) {
        refused(precompiled(base64(charsmap(damage))), "its precompiled_charsmap is damaged: " + complaint);
    }

    @Test
    void anIntactCharsmapIsRead() throws IOException {
        try (T5Tokenizer t5 = open(precompiled(base64(charsmap(units -> {}))))) {
            assertThat(t5.encode("Aéa", 5).ids()).containsExactly(3, 4, 4, 4, 1);
        }
    }

    @Test
    void aCharsmapThatIsCutIsRefused() {
        String whole = base64(charsmap(units -> {}));
        refused(precompiled(whole.substring(0, whole.length() - 3)), "no multiple of 4");
        refused(precompiled(whole.substring(0, 2000)), "its trie has 3072 bytes, expected a multiple of 4 up to the");
        refused(precompiled(""), "its trie has 0 bytes");
        refused(precompiled("!!!!"), "damaged");
        refused("{\"type\": \"Precompiled\"}", "its trie has 0 bytes");
    }

    @Test
    void aCharsmapWhoseTrieLeadsOutsideIsRefused() {
        refused(units -> units[0] = 4000 << 10, "its trie leads to unit 40");
        refused(units -> child(units, 256, 'A', LEAF, 1024), "its trie leads to unit 1024, and has 768");
        refused(units -> child(units, 256, 'A', 0, 100_000), "its trie leads to unit");
        refused(units -> units[512] = 100, "its trie has a leaf for text 100 of 5 bytes");
        refused(units -> units[512] = 3, "its trie has a leaf for text 3 of 5 bytes");
        refused(
                units -> child(units, 256, 0xC3, LEAF, 256),
                "its trie has a leaf for text 0 of 5 bytes that begins or ends within a character");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"String": ""}     | {"String":""}
            {"Regex": "x*"}    | {"Regex":"x*"}
            {"Regex": "(?=b)"} | {"Regex":"(?=b)"}
            {"Regex": "^"}     | {"Regex":"^"}
            """)
    void aReplacementOfNothingIsRefused(String pattern, String named) {
        refused(
                "{\"type\": \"Replace\", \"content\": \"y\", \"pattern\": " + pattern + "}",
                "a Replace of its normalizer has the pattern " + named + ", which matches empty text");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "special_tokens": {"</s>"                                             | "special_tokens": {"<s>"                                                   | single of its post_processor has '</s>', which special_tokens lack
            "single": [{"Sequence": {"id": "A"                                    | "single": [{"Sequence": {"id": "B"                                         | single of its post_processor has sequence B, expected A alone
            {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", | {"type": "FixedLength", "length": 0, "prepend_scheme": "always",           | FixedLength of its pre_tokenizer has length 0, expected 1 or more
            "model": {"type": "Unigram",                                          | "model": {"type": "BPE", "continuing_subword_prefix": "##", "merges": [["a", "b"]], | lacks the continuing_subword_prefix '##' of the second
            "model": {"type": "Unigram",                                          | "model": {"type": "BPE", "continuing_subword_prefix": "##", "merges": ["a b"],      | lacks the continuing_subword_prefix '##' of the second
            "ids": [1]                                                            | "ids": [4294967295]                                                        | has the token id 4294967295, expected less than 2^31
            """)
    void soAreTheOtherPanics(String from, String to, String complaint) throws IOException {
        String json = SmallTokenizers.t5(VOCABULARY);
        assertThat(json).contains(from);
        Files.writeString(folder.resolve("tokenizer.json"), json.replace(from, to));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> T5Tokenizer.open(folder).close())
                .withMessageContaining(complaint);
    }
}
