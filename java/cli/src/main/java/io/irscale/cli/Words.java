package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import java.util.List;
import org.codehaus.plexus.util.cli.CommandLineUtils;

/** A command as one would type it, taken apart: words at spaces, but for what stands in quotes. */
final class Words {
    private Words() {}

    /** @throws InvalidInputException if there is no word, or a quote is open, naming the option */
    static List<String> split(String option, String text) {
        List<String> words;
        try {
            words = List.of(CommandLineUtils.translateCommandline(text));
        } catch (Exception e) {
            throw new InvalidInputException(option + " '" + text + "': a quote is not closed", e);
        }
        if (words.isEmpty() || words.getFirst().isBlank()) {
            throw new InvalidInputException(option + " '" + text + "': names no program");
        }
        return words;
    }
}
