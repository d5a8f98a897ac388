package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where the prompts come from: one of two options. */
public final class PromptOptions {
    private static final long MAX_BYTES = 16L << 20;

    @ArgGroup(multiplicity = "1")
    private Either either = new Either();

    private static final class Either {
        @Option(names = "--prompt", paramLabel = "TEXT", description = "What to draw.")
        private Optional<String> prompt = Optional.empty();

        @Option(
                names = "--prompts",
                paramLabel = "FILE",
                description = "UTF-8 file with a prompt a line; blank lines and lines that start with # are skipped.")
        private Optional<Path> file = Optional.empty();
    }

    /** A prompt, and where it stands for messages about it: empty for the option. */
    public record Source(String prompt, String where) {}

    /** The prompts in order, at least one. */
    public List<Source> read() {
        return either.file.map(PromptOptions::lines).orElseGet(() -> List.of(new Source(option(), "")));
    }

    // picocli sees that only one is given, but not that one is: the fields have values from the start.
    private String option() {
        return either.prompt.orElseThrow(
                () -> new InvalidInputException("neither --prompt TEXT nor --prompts FILE is given"));
    }

    private static List<Source> lines(Path file) {
        List<String> lines = text(file).lines().map(String::strip).toList();
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isEmpty() && !lines.get(i).startsWith("#")) {
                sources.add(new Source(lines.get(i), file + ", line " + (i + 1) + ": "));
            }
        }
        if (sources.isEmpty()) {
            throw new InvalidInputException(file + ": holds no prompt, expected at least one line of text");
        }
        return sources;
    }

    private static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": is not a file, expected one with a prompt a line");
        }
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new InvalidInputException(file + ": has " + size + " bytes, expected at most " + MAX_BYTES);
            }
            String text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + ": is not UTF-8, expected a prompt a line", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + FileReason.of(e), e);
        }
    }
}
