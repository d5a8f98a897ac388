package io.irscale.train;

import io.irscale.data.Box;
import io.irscale.data.Frame;
import io.irscale.data.Frame.Window;
import io.irscale.data.Frames;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Square pictures out of frames.
 *
 * @param frames where they come from
 * @param edge pixels of the square window in a frame; 0 takes whole frames, squashed to a square
 * @param size pixels of the picture
 */
public record ImageWindows(Frames frames, int edge, int size) {
    /** A frame with a window of it. */
    public record Piece(Frame frame, Window window) {}

    /** A window of a frame, both drawn at random. */
    Piece draw(RandomGenerator random) {
        Frame frame = frames.all().get(random.nextInt(frames.all().size()));
        return draw(frame, random);
    }

    Piece draw(Frame frame, RandomGenerator random) {
        return new Piece(frame, Frames.anywhere(frame, edge, random));
    }

    List<Piece> draw(int count, RandomGenerator random) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pieces.add(draw(random));
        }
        return pieces;
    }

    /** All windows side by side, in the frames' order. */
    public List<Piece> tiles() {
        List<Piece> pieces = new ArrayList<>();
        frames.all()
                .forEach(frame -> Frames.tiles(frame, edge).forEach(window -> pieces.add(new Piece(frame, window))));
        return pieces;
    }

    /** At most so many of all windows, spread over the frames; always the same. */
    public List<Piece> some(int most) {
        List<Piece> all = tiles();
        return Arrays.stream(Spread.of(most, all.size())).mapToObj(all::get).toList();
    }

    public String caption(Piece piece) {
        return frames.caption(piece.frame(), piece.window());
    }

    /** The pictures (N, 3, size, size) in [-1, 1], grey in all channels. */
    public Tensor pixels(List<Piece> pieces) {
        int plane = size * size;
        float[] values = new float[pieces.size() * 3 * plane];
        for (int i = 0; i < pieces.size(); i++) {
            float[] grey = pieces.get(i).frame().pixels(pieces.get(i).window(), size);
            for (int channel = 0; channel < 3; channel++) {
                System.arraycopy(grey, 0, values, (3 * i + channel) * plane, plane);
            }
        }
        return Tensor.of(values, pieces.size(), 3, size, size);
    }

    /** 1 everywhere and {@code inside} within a pixel of an object, (N, 1, size, size). */
    Tensor objectWeights(List<Piece> pieces, float inside) {
        float[] values = new float[pieces.size() * size * size];
        Arrays.fill(values, 1);
        for (int i = 0; i < pieces.size(); i++) {
            Window window = pieces.get(i).window();
            for (Box box : pieces.get(i).frame().boxes(window).orElse(List.of())) {
                mark(
                        values,
                        i * size * size,
                        box,
                        (double) size / window.width(),
                        (double) size / window.height(),
                        inside);
            }
        }
        return Tensor.of(values, pieces.size(), 1, size, size);
    }

    private void mark(float[] values, int from, Box box, double across, double down, float inside) {
        int top = Math.max(0, (int) Math.floor(box.y() * down) - 1);
        int bottom = Math.min(size - 1, (int) Math.ceil((box.y() + box.height()) * down));
        int left = Math.max(0, (int) Math.floor(box.x() * across) - 1);
        int right = Math.min(size - 1, (int) Math.ceil((box.x() + box.width()) * across));
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                values[from + y * size + x] = inside;
            }
        }
    }
}
