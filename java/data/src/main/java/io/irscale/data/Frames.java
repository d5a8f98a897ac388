package io.irscale.data;

import io.irscale.data.Frame.Window;
import io.irscale.data.image.Scaling;
import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** A dataset's frames in memory, 2 bytes a pixel, and captions for windows of them. Immutable. */
public final class Frames {
    private final List<Frame> all;
    private final Captions captions;
    private final Scaling scaling;

    private Frames(List<Frame> all, Captions captions, Scaling scaling) {
        this.all = all;
        this.captions = captions;
        this.scaling = scaling;
    }

    /**
     * Reads all images of a dataset as grey.
     *
     * @param scaling what makes their samples grey levels
     * @param read told how many are read so far
     * @throws InvalidInputException if one cannot be read
     */
    public static Frames read(Dataset dataset, Scaling scaling, IntConsumer read) {
        List<Frame> frames = new ArrayList<>();
        for (Sample sample : dataset.samples()) {
            Image image = scaling.read(sample.image());
            frames.add(new Frame(sample, image.width(), image.height(), image.grey16()));
            read.accept(frames.size());
        }
        return new Frames(List.copyOf(frames), Captions.of(dataset.template()), scaling);
    }

    /** Those of which the dataset says what {@code kept} takes; they share the memory of these. */
    public Frames where(Predicate<Sample> kept) {
        return new Frames(
                all.stream().filter(frame -> kept.test(frame.sample())).toList(), captions, scaling);
    }

    /** What made their samples grey levels. */
    public Scaling scaling() {
        return scaling;
    }

    /** The frames, in the dataset's order. */
    public List<Frame> all() {
        return all;
    }

    /**
     * The caption of a window: the frame's own for the whole of it, else what the dataset's template makes of the
     * objects whose centres lie in it.
     *
     * @throws InvalidInputException if the frame has no caption, or lacks what the template asks for
     */
    public String caption(Frame frame, Window window) {
        return (window.equals(frame.whole()) && frame.sample().caption().isPresent()
                        ? frame.sample().caption()
                        : captions.of(frame.of(window)))
                .orElseThrow(() -> new InvalidInputException(
                        frame.sample().image() + ": has no caption, expected one or what a template makes one from"));
    }

    /** A square window of that edge anywhere in a frame; the whole frame for edge 0. */
    public static Window anywhere(Frame frame, int edge, RandomGenerator random) {
        if (edge == 0) {
            return frame.whole();
        }
        if (edge > Math.min(frame.width(), frame.height())) {
            throw new InvalidInputException("%s: window of %d pixels, expected at most the frame's %d x %d"
                    .formatted(frame.sample().image(), edge, frame.width(), frame.height()));
        }
        return new Window(
                random.nextInt(frame.width() - edge + 1), random.nextInt(frame.height() - edge + 1), edge, edge);
    }

    /** Square windows side by side, as many as fit, centred in the frame; the whole frame for edge 0. */
    public static List<Window> tiles(Frame frame, int edge) {
        if (edge == 0) {
            return List.of(frame.whole());
        }
        int columns = frame.width() / edge;
        int rows = frame.height() / edge;
        List<Window> tiles = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                tiles.add(new Window(
                        (frame.width() - columns * edge) / 2 + column * edge,
                        (frame.height() - rows * edge) / 2 + row * edge,
                        edge,
                        edge));
            }
        }
        return tiles;
    }
}
