package io.irscale.search;

/** One candidate's latent or velocity in the device's memory: immutable, one owner, used on the device thread only. */
public interface Latent extends AutoCloseable {
    /** The same values with a second owner; nothing is copied. */
    Latent share();

    /** Of a velocity: whether the next step may use it, so that it is kept until then. */
    default boolean remembers() {
        return false;
    }

    @Override
    void close();
}
