package io.irscale.data.layout;

import io.irscale.data.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The boxes of images out of the first of several annotations that knows them: metadata counts most. */
final class Boxing {
    private final Origin origin;
    private final Metadata metadata;
    private final List<Annotations> annotations;
    private final Map<String, Integer> used = new TreeMap<>();
    private final Map<String, Integer> left = new TreeMap<>();

    private Boxing(Origin origin, Metadata metadata, List<Annotations> annotations) {
        this.origin = origin;
        this.metadata = metadata;
        this.annotations = List.copyOf(annotations);
    }

    /** Finds all annotations of a data set. */
    static Boxing of(Listing listing, Origin origin, Metadata metadata, BesideText texts) {
        List<Annotations> own = origin.annotations(listing);
        List<Annotations> all = new ArrayList<>(own);
        all.add(Coco.of(listing));
        if (own.isEmpty()) {
            all.add(Voc.of(listing));
        }
        all.add(Yolo.of(listing, texts));
        all.add(new BbGt(texts.toolbox()));
        return new Boxing(origin, metadata, all);
    }

    /** Those of an image; empty where nobody looked for objects. */
    Optional<List<Box>> boxes(Item image) {
        Optional<List<Box>> boxes = metadata.row(image).boxes();
        if (boxes.isPresent()) {
            used.merge("metadata", 1, Integer::sum);
        }
        for (Annotations some : annotations) {
            if (some.knows(image)) {
                (boxes.isPresent() ? left : used).merge(some.form(), 1, Integer::sum);
                boxes = boxes.or(() -> Optional.of(renamed(some.boxes(image))));
            }
        }
        return boxes;
    }

    private List<Box> renamed(List<Box> boxes) {
        return boxes.stream()
                .map(box -> new Box(origin.category(box.category()), box.x(), box.y(), box.width(), box.height()))
                .toList();
    }

    /** What was used and what was left out, when all images have their boxes. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        annotations.forEach(some -> notes.addAll(some.notes()));
        if (!left.isEmpty()) {
            notes.add("boxes are of %s; left out for the same images: those of %s"
                    .formatted(counted(used), counted(left)));
        }
        return notes;
    }

    private static String counted(Map<String, Integer> forms) {
        return String.join(
                ", ",
                forms.entrySet().stream()
                        .map(form -> "%s (%s)".formatted(form.getKey(), Count.of(form.getValue(), "image")))
                        .toList());
    }
}
