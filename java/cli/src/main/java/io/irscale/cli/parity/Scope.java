package io.irscale.cli.parity;

import io.irscale.error.InternalException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was made in it, the last first. */
final class Scope implements AutoCloseable {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    <T extends AutoCloseable> T own(T made) {
        owned.push(made);
        return made;
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new InternalException("closing failed: " + e, e);
            }
        }
    }
}
