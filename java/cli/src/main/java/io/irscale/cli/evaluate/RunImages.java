package io.irscale.cli.evaluate;

import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The images of a run of {@code generate} or {@code search}, with their prompts, as its run.json lists them. */
final class RunImages {
    private static final String ALL = "all";
    private static final String BEST = "best";
    private static final String UNSEARCHED = "unsearched";

    private final Path file;
    private final List<Picture> pictures = new ArrayList<>();

    private RunImages(Path file) {
        this.file = file;
    }

    /** An image and what it shall show. */
    record Picture(Path file, String prompt) {}

    /**
     * Lists them.
     *
     * @param which {@code all}: every finished image, as is the rule for {@code generate}; {@code best}: each prompt's first
     *     in order of score, or the search's winner, as is the rule for {@code search}; the name of a strategy: its
     *     winners; {@code unsearched}: each prompt's image without any search
     */
    static List<Picture> read(Path file, Optional<String> which) {
        RunImages run = new RunImages(file);
        JsonNode root;
        try {
            root = new JsonMapper().readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + FileReason.of(e), e);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + ": is not valid JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode prompts = root.path("prompts");
        for (JsonNode prompt : prompts) {
            String text = run.text(prompt, "prompt");
            if (prompt.has("searches")) {
                run.addSearches(prompt, text, which.orElse(BEST));
            } else {
                run.addCandidates(prompt.path("candidates"), text, which.orElse(ALL));
            }
        }
        if (run.pictures.isEmpty()) {
            throw new InvalidInputException(file + ": lists no images");
        }
        return run.pictures;
    }

    private void addCandidates(JsonNode candidates, String prompt, String which) {
        if (!which.equals(ALL) && !which.equals(BEST)) {
            throw new InvalidInputException(
                    "%s: is of generate, and has no images #%s; expected #all or #best".formatted(file, which));
        }
        for (JsonNode candidate : candidates) {
            add(candidate, "file", prompt);
            if (which.equals(BEST)) {
                return; // they are in order
            }
        }
    }

    private void addSearches(JsonNode node, String prompt, String which) {
        JsonNode searches = node.path("searches");
        TreeSet<String> strategies = new TreeSet<>();
        searches.forEach(search -> strategies.add(text(search, "strategy")));
        if (which.equals(UNSEARCHED)) {
            add(node.path(UNSEARCHED), "file", prompt);
            return;
        }
        boolean named = strategies.contains(which);
        if (!named && !which.equals(ALL) && (!which.equals(BEST) || strategies.size() != 1)) {
            throw new InvalidInputException("%s: has no images #%s; expected #unsearched, #all or #%s"
                    .formatted(file, which, String.join(" or #", strategies)));
        }
        for (JsonNode search : searches) {
            if (which.equals(ALL)) {
                search.path("candidates").forEach(candidate -> add(candidate, "file", prompt));
            } else if (!named || text(search, "strategy").equals(which)) {
                add(search, "winner", prompt);
            }
        }
    }

    private void add(JsonNode node, String key, String prompt) {
        String name = text(node, key);
        Path image = file.resolveSibling(name);
        // Only its own folder: a run.json may be anyone's.
        if (!name.matches("[\\w.-]+") || !Files.isRegularFile(image)) {
            throw new InvalidInputException("%s: names the image %s, which is not beside it".formatted(file, name));
        }
        pictures.add(new Picture(image, prompt));
    }

    private String text(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (!value.isString()) {
            throw new InvalidInputException("%s: %s is missing, is this a run.json of irscale?".formatted(file, key));
        }
        return value.stringValue();
    }
}
