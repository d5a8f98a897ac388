package io.irscale.data.image;

import io.irscale.error.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import org.xml.sax.SAXException;

/** Why a stranger's file cannot be read, in words for one line. */
public final class Reason {
    private static final int MOST = 200;
    // A message with such a name is of a stumble, and not of what a reader found.
    private static final Pattern CLASS_NAME = Pattern.compile("Exception|\\w\\.\\w+\\.[A-Z]");

    private Reason() {}

    /** What a library threw, without the names of classes. */
    public static String of(Throwable thrown) {
        return switch (thrown) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it is not there";
            case EOFException _ -> "it is cut off";
            case OutOfMemoryError _ -> "it is too large for the memory";
            case InvalidInputException e -> String.valueOf(e.getMessage());
            // Messages of the others are about the library's own variables.
            case IOException e -> found(e);
            case SAXException e -> found(e);
            case UnsupportedOperationException e -> found(e);
            default -> "it is damaged";
        };
    }

    private static String found(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null
                        || message.isBlank()
                        || CLASS_NAME.matcher(message).find()
                ? "it is damaged"
                : line(message);
    }

    /** A stranger's text, on one line and not longer than one. */
    public static String line(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Cs}\\s]+", " ").strip();
        return line.length() > MOST ? line.substring(0, MOST) + "..." : line;
    }
}
