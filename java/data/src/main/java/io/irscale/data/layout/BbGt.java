package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Annotations in the text form of Dollar's toolbox: "% bbGt version=3" and then a line an object: category, left, top,
 * width, height and more that is not read. A file of a header alone means nobody there.
 *
 * @param files those that lie beside their images
 */
record BbGt(Map<Item, Item> files) implements Annotations {
    /** What its files begin with. */
    static final String HEADER = "% bbGt";

    @Override
    public String form() {
        return "bbGt";
    }

    @Override
    public boolean knows(Item image) {
        return files.containsKey(image);
    }

    @Override
    public List<Box> boxes(Item image) {
        return read(Objects.requireNonNull(files.get(image)).path());
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    /**
     * The boxes of a file.
     *
     * @throws InvalidInputException if a line is not of the form
     */
    static List<Box> read(Path file) {
        List<String> lines = TextFile.read(file, TextFile.SMALL).lines().toList();
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank() && !lines.get(i).startsWith("%")) {
                boxes.add(box(lines.get(i).strip(), file + " line " + (i + 1)));
            }
        }
        return boxes;
    }

    private static Box box(String line, String place) {
        List<String> fields = List.of(line.split("\\s+"));
        if (fields.size() < 5) {
            throw new InvalidInputException(
                    "%s: has %d fields, expected a category and 4 numbers".formatted(place, fields.size()));
        }
        try {
            List<Double> numbers =
                    fields.subList(1, 5).stream().map(Double::valueOf).toList();
            return Boxes.of(place, fields.getFirst(), numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
        } catch (NumberFormatException e) {
            throw new InvalidInputException("%s: \"%s\" has no 4 numbers".formatted(place, line), e);
        }
    }
}
