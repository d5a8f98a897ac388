package io.irscale.cli.report;

import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * One strategy's search for a prompt.
 *
 * @param strategy its name
 * @param description what it does, in a line
 * @param settings of the strategy
 * @param found the outcome
 * @param files the PNG file of a finished candidate, by id
 * @param previews pictures from on the way
 */
public record SearchPage(
        String strategy,
        String description,
        Map<String, String> settings,
        SearchResult found,
        IntFunction<Path> files,
        Previews previews) {
    /** A finished image. */
    public record Image(Path file, Scored scored) {}

    /** The PNG file of a finished candidate. */
    public Path file(int candidate) {
        return files.apply(candidate);
    }

    Image winner() {
        return new Image(file(found.winner().candidate().id()), found.winner());
    }
}
