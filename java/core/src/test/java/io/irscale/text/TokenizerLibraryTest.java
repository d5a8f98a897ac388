package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.ffi.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizers library is loaded once in a process: each case has its own. */
class TokenizerLibraryTest {
    @TempDir
    Path folder;

    @Test
    void aCutCopyInTheCacheIsReplaced() throws Exception {
        SmallTokenizers.write(folder);
        List<String> properties = List.of("-Dirscale.cache=" + folder.resolve("cache"));
        String tokenizer = folder.resolve("t5").toString();
        List<String> expected = ForkedJvm.run(TokenizerLibraryTest.class, properties, tokenizer);
        assertThat(expected).hasSize(1);
        Path library;
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            library = files.filter(Files::isRegularFile).reduce((a, b) -> b).orElseThrow();
        }
        byte[] whole = Files.readAllBytes(library);
        Files.write(library, Arrays.copyOf(whole, whole.length / 2));
        assertThat(ForkedJvm.run(TokenizerLibraryTest.class, properties, tokenizer))
                .isEqualTo(expected);
        assertThat(Files.readAllBytes(library)).isEqualTo(whole);
    }

    public static void main(String[] folders) {
        try (T5Tokenizer t5 = T5Tokenizer.open(Path.of(folders[0]))) {
            System.out.println(Arrays.toString(t5.encode("abc", 8).ids()));
        }
    }
}
