package io.irscale.cli;

import io.irscale.error.IrscaleException;
import java.util.function.Supplier;

/**
 * One thing that {@code doctor} looked at.
 *
 * @param name what
 * @param state how it stands
 * @param text what was found, or the remedy
 */
record Finding(String name, State state, String text) {
    /** How a thing stands. */
    enum State {
        /** There and usable. */
        OK,
        /** Not there, and not needed. */
        ABSENT,
        /** Needed, and not there or not usable. */
        MISSING
    }

    static Finding ok(String name, String text) {
        return new Finding(name, State.OK, text);
    }

    static Finding absent(String name, String text) {
        return new Finding(name, State.ABSENT, text);
    }

    static Finding missing(String name, String remedy) {
        return new Finding(name, State.MISSING, remedy);
    }

    /** What {@code look} returns; missing, with the error's own remedy, if it throws. */
    static Finding of(String name, Supplier<String> look) {
        try {
            return ok(name, look.get());
        } catch (IrscaleException e) {
            return missing(name, OneLine.of(e));
        }
    }

    boolean isMissing() {
        return state == State.MISSING;
    }
}
