package io.irscale.data.layout;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Labels of YOLO, {@code labels/train/NAME.txt} for {@code images/train/NAME.png} or beside the image. A line is an
 * object: its class, and centre x, centre y, width and height over the image's size, or x and y of three or more corners, of
 * which it is the upright box around them. A fifth number after a box, a detector's confidence, is not read.
 */
record Yolo(Map<Item, Item> files, ClassNames names, List<String> notes) implements Annotations {
    // A class is small, as numbers in captions need not be.
    private static final Pattern CLASS = Pattern.compile("\\d{1,6}(\\.0+)?");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    private static final double BEYOND = 0.01;

    /** Those of a data set. */
    static Yolo of(Listing listing, BesideText texts) {
        Sidecars apart = Sidecars.of(listing, Sidecars.Rule.of(".txt", false, "(?i)labels?"));
        Map<Item, Item> files = new HashMap<>(texts.labels());
        files.putAll(apart.files());
        return new Yolo(files, ClassNames.of(files.isEmpty() ? List.of() : listing.others()), apart.notes());
    }

    /** Whether all lines of a text, and at least one, are labels. */
    static boolean isLabels(String text) {
        return !text.isBlank()
                && text.lines().map(String::strip).allMatch(line -> line.isEmpty() || isLabel(fields(line)));
    }

    private static boolean isLabel(List<String> fields) {
        return fields.size() > 4
                && CLASS.matcher(fields.getFirst()).matches()
                && fields.stream()
                        .skip(1)
                        .allMatch(field -> NUMBER.matcher(field).matches());
    }

    private static List<String> fields(String line) {
        return List.of(line.split("\\s+"));
    }

    @Override
    public String form() {
        return "YOLO";
    }

    @Override
    public boolean knows(Item image) {
        return files.containsKey(image);
    }

    @Override
    public List<Box> boxes(Item image) {
        return read(image, Objects.requireNonNull(files.get(image)));
    }

    private List<Box> read(Item image, Item file) {
        List<String> lines = TextFile.read(file.path(), TextFile.SMALL).lines().toList();
        if (lines.stream().allMatch(String::isBlank)) {
            return List.of();
        }
        ImageSize size = ImageSize.of(image.path());
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                boxes.add(box(lines.get(i).strip(), size, file, file.path() + " line " + (i + 1)));
            }
        }
        return boxes;
    }

    private Box box(String line, ImageSize size, Item file, String place) {
        List<String> fields = fields(line);
        if (!isLabel(fields)) {
            throw new InvalidInputException("%s: is \"%s\", expected a class and 4 or more numbers of YOLO"
                    .formatted(place, line.length() > 60 ? line.substring(0, 60) + "..." : line));
        }
        String category = names.of((int) Double.parseDouble(fields.getFirst()), file, place);
        double[] numbers =
                fields.stream().skip(1).mapToDouble(Double::parseDouble).toArray();
        boolean isBox = numbers.length < 6;
        for (int i = 0; i < (isBox ? 4 : numbers.length); i++) {
            if (!(numbers[i] >= -BEYOND && numbers[i] <= 1 + BEYOND)) {
                throw new InvalidInputException("%s: has %s, expected parts of the image's size, from 0 to 1"
                        .formatted(place, fields.get(i + 1)));
            }
        }
        if (isBox) {
            double width = numbers[2] * size.width();
            double height = numbers[3] * size.height();
            return Boxes.of(
                    place,
                    category,
                    numbers[0] * size.width() - width / 2,
                    numbers[1] * size.height() - height / 2,
                    width,
                    height);
        }
        if (numbers.length % 2 == 1) {
            throw new InvalidInputException(
                    "%s: has %d numbers after the class, expected x and y of corners".formatted(place, numbers.length));
        }
        double left = corner(numbers, 0, true);
        double right = corner(numbers, 0, false);
        double top = corner(numbers, 1, true);
        double bottom = corner(numbers, 1, false);
        return Boxes.of(
                place,
                category,
                left * size.width(),
                top * size.height(),
                (right - left) * size.width(),
                (bottom - top) * size.height());
    }

    private static double corner(double[] numbers, int axis, boolean least) {
        var along = IntStream.range(0, numbers.length / 2).mapToDouble(i -> numbers[2 * i + axis]);
        return (least ? along.min() : along.max()).orElseThrow();
    }
}
