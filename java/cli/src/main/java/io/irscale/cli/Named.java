package io.irscale.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A value that may have a name of the user's before it: {@code NAME=VALUE}. */
public record Named(Optional<String> name, String rest) {
    private static final Pattern NAME = Pattern.compile("([A-Za-z][A-Za-z0-9_.-]*)=(.*)", Pattern.DOTALL);

    /** Without a name where there is none before a {@code =}. */
    public static Named parse(String text) {
        Matcher matcher = NAME.matcher(text);
        return matcher.matches()
                ? new Named(Optional.of(matcher.group(1)), matcher.group(2))
                : new Named(Optional.empty(), text);
    }
}
