package io.irscale.cli.report;

import io.irscale.decode.Image;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Small pictures of what candidates looked like on the way; a few kilobytes each. */
public final class Previews {
    private final Map<Key, String> pictures = new HashMap<>();

    private final boolean grey;

    /** {@code grey}: whether the images are saved so. */
    public Previews(boolean grey) {
        this.grey = grey;
    }

    private record Key(int candidate, int step) {}

    /** Takes in one. */
    public synchronized void add(int candidate, int step, Image image) {
        pictures.put(new Key(candidate, step), Pictures.small(image, grey));
    }

    /** The picture as a data URI. */
    synchronized Optional<String> at(int candidate, int step) {
        return Optional.ofNullable(pictures.get(new Key(candidate, step)));
    }
}
