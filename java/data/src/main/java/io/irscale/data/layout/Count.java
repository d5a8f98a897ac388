package io.irscale.data.layout;

/** Numbers of things in notes. */
final class Count {
    private Count() {}

    /** "1 image" or "2 images". */
    static String of(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
