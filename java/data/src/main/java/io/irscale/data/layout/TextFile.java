package io.irscale.data.layout;

import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that lie beside images. */
final class TextFile {
    /** Bytes of the annotations of one image at most. */
    static final long SMALL = 1 << 20;

    /** Bytes of the annotations of a whole data set at most. */
    static final long LARGE = 1 << 28;

    private TextFile() {}

    /**
     * The text of a file in UTF-8, without its byte order mark.
     *
     * @param most bytes that it may have
     * @throws InvalidInputException if it is longer, cannot be read or is not UTF-8
     */
    static String read(Path file, long most) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(file, most)))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + ": is not a text in UTF-8; save it in that encoding", e);
        }
    }

    /**
     * The bytes of a file that says its encoding itself.
     *
     * @param most bytes that it may have
     * @throws InvalidInputException if it is longer or cannot be read
     */
    static byte[] bytes(Path file, long most) {
        try {
            long size = Files.size(file);
            if (size > most) {
                throw new InvalidInputException(
                        "%s: has %d bytes, expected a text of at most %d".formatted(file, size, most));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read as text: " + Reason.of(e), e);
        }
    }
}
