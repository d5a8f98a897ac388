package io.irscale.data.shard;

/** Strangers' texts made fit for a line of a message. */
final class Words {
    private static final int MOST = 150;

    private Words() {}

    /** Without control characters, and cut where it is long. */
    static String of(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() > MOST ? line.substring(0, MOST) + "..." : line;
    }
}
