package io.irscale.train;

import io.irscale.classify.Label;
import io.irscale.data.Frames;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Tensor;
import io.irscale.train.ImageWindows.Piece;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is true of windows: an attribute of their frame, or how many objects of a kind have their centres in them. */
public final class WindowLabels {
    private static final String NONE = "0";

    private WindowLabels() {}

    /**
     * The class of a window: the frame's attribute of the label's name where it has one, else the number of such objects,
     * of which the last class stands for any larger one.
     *
     * @throws InvalidInputException if the attribute is none of the classes, or nobody looked for objects
     */
    static int of(Piece piece, Label label) {
        String attribute = piece.frame().sample().attributes().get(label.name());
        if (attribute == null) {
            long count = piece
                    .frame()
                    .boxes(piece.window())
                    .orElseThrow(() -> new InvalidInputException("%s: has no attribute %s and no boxes"
                            .formatted(piece.frame().sample().image(), label.name())))
                    .stream()
                    .filter(box -> box.category().equals(label.name()))
                    .count();
            return (int) Math.min(count, label.classes().size() - 1L);
        }
        int found = label.classes().indexOf(attribute);
        if (found < 0) {
            throw new InvalidInputException("%s: %s is %s, expected one of %s"
                    .formatted(piece.frame().sample().image(), label.name(), attribute, label.classes()));
        }
        return found;
    }

    /**
     * Passes labels that are attributes of the frames, or counts of objects: those begin with 0.
     *
     * @param file that names them
     * @throws InvalidInputException if one is neither
     */
    static void requireKnown(Path file, List<Label> labels, Frames frames) {
        Set<String> known = new TreeSet<>();
        frames.all().forEach(frame -> known.addAll(frame.sample().attributes().keySet()));
        labels.stream()
                .filter(label -> !known.contains(label.name())
                        && !label.classes().getFirst().equals(NONE))
                .findFirst()
                .ifPresent(label -> {
                    throw new InvalidInputException(
                            "%s: label %s is no attribute of these images, expected some of %s, or a kind of object with classes from 0"
                                    .formatted(file, label.name(), known));
                });
    }

    /** The classes of one label, one a window. */
    public static int[] of(List<Piece> pieces, Label label) {
        return pieces.stream().mapToInt(piece -> of(piece, label)).toArray();
    }

    /** Probabilities (N, classes), each all on one class. */
    static Tensor target(int[] classes, Label label) {
        int width = label.classes().size();
        float[] values = new float[classes.length * width];
        for (int i = 0; i < classes.length; i++) {
            values[i * width + classes[i]] = 1;
        }
        return Tensor.of(values, classes.length, width);
    }

    /** The share of equal classes. */
    public static double accuracy(int[] found, int[] truth) {
        int right = 0;
        for (int i = 0; i < truth.length; i++) {
            right += found[i] == truth[i] ? 1 : 0;
        }
        return (double) right / truth.length;
    }
}
