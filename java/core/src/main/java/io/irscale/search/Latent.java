package io.irscale.search;

/** One candidate's latent or velocity in the device's memory: immutable, one owner, used on the device thread only. */
public interface Latent extends AutoCloseable {
    /** The same values with a second owner; nothing is copied. */
    Latent share();

    @Override
    void close();
}
