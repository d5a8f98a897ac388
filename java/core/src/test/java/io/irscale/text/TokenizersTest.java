package io.irscale.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {
    @TempDir
    Path folder;

    @Test
    void findsTheFoldersOfAPipeline() throws IOException {
        Path clip = Files.createDirectory(folder.resolve("tokenizer"));
        Path t5 = Files.createDirectory(folder.resolve("tokenizer_2"));
        assertThat(Tokenizers.find(folder)).isEqualTo(new Tokenizers(clip, t5));
    }

    @Test
    void findsFoldersNamedAfterTheEncoders() throws IOException {
        Path clip = Files.createDirectory(folder.resolve("clip_l"));
        Path t5 = Files.createDirectory(folder.resolve("t5"));
        assertThat(Tokenizers.find(folder)).isEqualTo(new Tokenizers(clip, t5));
    }

    @Test
    void saysWhatItLookedFor() throws IOException {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Tokenizers.find(folder))
                .withMessage(folder + ": holds no CLIP tokenizer: looked for the folders tokenizer/ and clip_l/");
        Files.createDirectory(folder.resolve("tokenizer"));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Tokenizers.find(folder))
                .withMessage(folder + ": holds no T5 tokenizer: looked for the folders tokenizer_2/ and t5/");
    }
}
