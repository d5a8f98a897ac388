package io.irscale.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is opened one after another and closed together, the last first. */
final class Parts implements AutoCloseable {
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** What {@code make} makes of new parts, which it closes where it fails. */
    static <T> T opening(Function<Parts, T> make) {
        Parts parts = new Parts();
        try {
            return make.apply(parts);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** Takes over a part. */
    <T extends AutoCloseable> T own(T part) {
        opened.add(part);
        return part;
    }

    @Override
    public void close() {
        opened.reversed().forEach(part -> {
            try {
                part.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        opened.clear();
    }
}
