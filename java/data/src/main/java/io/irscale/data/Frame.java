package io.irscale.data;

import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.Optional;

/**
 * A frame in memory, grey. Immutable.
 *
 * @param sample what its dataset says of it
 * @param width pixels
 * @param height pixels
 * @param grey (height, width), unsigned 16 bits; not written to
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes; compared by nobody
public record Frame(Sample sample, int width, int height, short[] grey) {
    private static final float HALF = 65535f / 2;

    /**
     * A rectangle of a frame.
     *
     * @param x left edge, pixels
     * @param y upper edge, pixels
     * @param width pixels
     * @param height pixels
     */
    public record Window(int x, int y, int width, int height) {
        private boolean holdsCentreOf(Box box) {
            double cx = box.x() + box.width() / 2;
            double cy = box.y() + box.height() / 2;
            return cx >= x && cx < x + width && cy >= y && cy < y + height;
        }
    }

    /** The whole of it. */
    public Window whole() {
        return new Window(0, 0, width, height);
    }

    /**
     * What a window shows, brought to {@code size} x {@code size} by means over areas, as values in [-1, 1], row-major.
     *
     * @throws InvalidInputException if the window leaves the frame, or is smaller than the result
     */
    public float[] pixels(Window window, int size) {
        if (window.x() < 0
                || window.y() < 0
                || window.x() + window.width() > width
                || window.y() + window.height() > height
                || Math.min(window.width(), window.height()) < size) {
            throw new InvalidInputException("%s: %s of a frame of %d x %d, expected inside it and of at least %d x %d"
                    .formatted(sample.image(), window, width, height, size, size));
        }
        double[] rows = new double[size * window.width()];
        double down = (double) window.height() / size;
        for (int row = 0; row < size; row++) {
            double begin = row * down;
            double end = begin + down;
            for (int y = (int) begin; y < Math.min(Math.ceil(end - 1e-9), window.height()); y++) {
                double share = (Math.min(y + 1, end) - Math.max(y, begin)) / down;
                int from = (window.y() + y) * width + window.x();
                for (int x = 0; x < window.width(); x++) {
                    rows[row * window.width() + x] += share * (grey[from + x] & 0xffff);
                }
            }
        }
        float[] out = new float[size * size];
        double across = (double) window.width() / size;
        for (int column = 0; column < size; column++) {
            double begin = column * across;
            double end = begin + across;
            for (int x = (int) begin; x < Math.min(Math.ceil(end - 1e-9), window.width()); x++) {
                double share = (Math.min(x + 1, end) - Math.max(x, begin)) / across;
                for (int row = 0; row < size; row++) {
                    out[row * size + column] += (float) (share * rows[row * window.width() + x] / HALF);
                }
            }
        }
        for (int i = 0; i < out.length; i++) {
            out[i] -= 1;
        }
        return out;
    }

    /** The boxes whose centres lie in a window, in its coordinates; empty where nobody looked for objects. */
    public Optional<List<Box>> boxes(Window window) {
        return sample.boxes()
                .map(boxes -> boxes.stream()
                        .filter(window::holdsCentreOf)
                        .map(box -> new Box(
                                box.category(), box.x() - window.x(), box.y() - window.y(), box.width(), box.height()))
                        .toList());
    }

    /** The sample that a window is, without a caption of its own. */
    Sample of(Window window) {
        return new Sample(sample.image(), Optional.empty(), boxes(window), sample.group(), sample.attributes());
    }
}
