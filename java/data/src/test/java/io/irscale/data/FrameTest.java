package io.irscale.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.data.Frame.Window;
import io.irscale.data.image.ImageSource;
import io.irscale.data.image.Scaling;
import io.irscale.data.layout.Datasets;
import io.irscale.error.InvalidInputException;
import io.irscale.report.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of frames: their pixels, boxes and captions. */
class FrameTest {
    private static final int WIDTH = 23;
    private static final int HEIGHT = 17;

    private static Frame frame(Optional<String> caption, List<Box> boxes) {
        short[] grey = new short[WIDTH * HEIGHT];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (short) random.nextInt(1 << 16);
        }
        Sample sample = new Sample(ImageSource.of(Path.of("a.png")), caption, Optional.of(boxes), "v", Map.of());
        return new Frame(sample, WIDTH, HEIGHT, grey);
    }

    /** The mean of the window's pixels over a cell, by splitting each of them into size x size equal parts. */
    private static double reference(Frame frame, Window window, int size, int row, int column) {
        double sum = 0;
        for (int y = row * window.height(); y < (row + 1) * window.height(); y++) {
            for (int x = column * window.width(); x < (column + 1) * window.width(); x++) {
                sum += frame.grey()[(window.y() + y / size) * WIDTH + window.x() + x / size] & 0xffff;
            }
        }
        return sum / window.height() / window.width() / 65535 * 2 - 1;
    }

    @Test
    void pixelsAreMeansOverAreas() {
        Frame frame = frame(Optional.empty(), List.of());
        for (Window window : List.of(frame.whole(), new Window(3, 2, 13, 13), new Window(11, 5, 12, 12))) {
            for (int size : new int[] {1, 4, 5, 7, 12}) {
                float[] pixels = frame.pixels(window, size);
                assertThat(pixels).hasSize(size * size);
                for (int i = 0; i < pixels.length; i++) {
                    assertThat((double) pixels[i])
                            .isCloseTo(reference(frame, window, size, i / size, i % size), within(1e-5));
                }
            }
        }
    }

    @Test
    void windowsOutsideOrTooSmallAreRefused() {
        Frame frame = frame(Optional.empty(), List.of());
        for (Window window : List.of(
                new Window(-1, 0, 8, 8), new Window(16, 0, 8, 8), new Window(0, 10, 8, 8), new Window(0, 0, 8, 3))) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> frame.pixels(window, 4))
                    .withMessageContaining("of a frame of 23 x 17");
        }
    }

    @Test
    void boxesBelongToTheWindowOfTheirCentre() {
        Frame frame = frame(Optional.empty(), List.of(new Box("car", 6, 6, 4, 4), new Box("person", 1, 1, 2, 2)));
        assertThat(frame.boxes(new Window(8, 8, 8, 8))).contains(List.of(new Box("car", -2, -2, 4, 4)));
        assertThat(frame.boxes(new Window(0, 0, 8, 8))).contains(List.of(new Box("person", 1, 1, 2, 2)));
    }

    @Test
    void windowsLieInTheFrame() {
        Frame frame = frame(Optional.empty(), List.of());
        assertThat(Frames.tiles(frame, 8))
                .containsExactly(
                        new Window(3, 0, 8, 8),
                        new Window(11, 0, 8, 8),
                        new Window(3, 8, 8, 8),
                        new Window(11, 8, 8, 8));
        assertThat(Frames.tiles(frame, 0)).containsExactly(frame.whole());
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 100; i++) {
            assertThat(frame.pixels(Frames.anywhere(frame, HEIGHT, random), 1)).hasSize(1);
        }
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Frames.anywhere(frame, HEIGHT + 1, random));
    }

    @Test
    void aWindowsCaptionCountsWhatItHolds(@TempDir Path folder) throws IOException {
        Path image = folder.resolve("a.png");
        Png.writeGrey8(image, 16, 16, new byte[256], Map.of());
        Files.writeString(folder.resolve("metadata.jsonl"), """
                {"file_name": "a.png", "text": "its own", "objects": [\
                {"category": "car", "bbox": [1, 1, 2, 2]}, {"category": "person", "bbox": [10, 10, 2, 2]}]}
                """);
        Dataset read = Datasets.open(folder);
        Dataset dataset = new Dataset(read.name(), read.source(), "photo{objects}", read.samples(), List.of());
        Frames frames = Frames.read(dataset, Scaling.pictures(), _ -> {});
        Frame frame = frames.all().getFirst();
        assertThat(frames.caption(frame, frame.whole())).isEqualTo("its own");
        assertThat(frames.caption(frame, new Window(0, 0, 8, 8))).isEqualTo("photo, with one car");
        assertThat(frames.caption(frame, new Window(0, 8, 8, 8))).isEqualTo("photo");
        assertThat(frames.caption(frame, new Window(0, 0, 12, 12))).isEqualTo("photo, with one car and one person");
    }
}
