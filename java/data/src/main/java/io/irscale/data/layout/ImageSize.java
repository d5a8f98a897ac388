package io.irscale.data.layout;

import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The size of an image by the head of its file.
 *
 * @param width pixels
 * @param height pixels
 */
record ImageSize(int width, int height) {
    /** @throws InvalidInputException if the file is no image */
    static ImageSize of(Path file) {
        try (ImageInputStream bytes = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(bytes);
            if (!readers.hasNext()) {
                throw new InvalidInputException(file + ": is not an image, and its labels need the size of one");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(bytes, true, true);
                return new ImageSize(reader.getWidth(0), reader.getHeight(0));
            } finally {
                reader.dispose();
            }
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException(file + ": cannot be read as an image: " + Reason.of(e), e);
        }
    }
}
