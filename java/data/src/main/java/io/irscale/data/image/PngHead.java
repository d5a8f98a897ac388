package io.irscale.data.image;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The head of a PNG (PNG specification, third edition, 11.2.1). */
final class PngHead {
    private static final int WIDTH = 16;
    private static final int HEIGHT = 20;
    private static final int DEPTH = 24;

    private PngHead() {}

    /** What it tells, if it is of a picture of at most 8 bits. */
    static Optional<Look> of(byte[] png) {
        if (png.length <= DEPTH || png[DEPTH] > 8) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.wrap(png);
        return Optional.of(Look.atHead(head.getInt(WIDTH), head.getInt(HEIGHT), false));
    }
}
