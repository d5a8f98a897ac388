package io.irscale.data.layout;

import io.irscale.data.Box;
import java.util.List;

/** Boxes in files of one form. */
interface Annotations {
    /** What the form is called, for notes. */
    String form();

    /** Whether something is said of an image. */
    boolean knows(Item image);

    /**
     * The boxes of an image that it {@link #knows}.
     *
     * @throws io.irscale.error.InvalidInputException if its file is not of the form
     */
    List<Box> boxes(Item image);

    /** Lines for what was found and is not used. */
    List<String> notes();
}
