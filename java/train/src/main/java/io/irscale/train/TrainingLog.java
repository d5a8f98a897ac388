package io.irscale.train;

import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The losses of a run, one JSON object a line in {@code log.jsonl}: {@code {"step", "part": "train", losses...}}. */
final class TrainingLog {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String STEP = "step";
    private static final String PART = "part";

    /** One line. */
    record Entry(long step, String part, Map<String, Double> losses) {}

    private final Path file;
    private final List<Entry> entries;
    private final List<Entry> pending = new ArrayList<>();

    private TrainingLog(Path file, List<Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /** The log of a folder as far as step {@code until}; what a killed run wrote beyond its checkpoint is dropped. */
    static TrainingLog open(Path folder, long until) {
        Path file = folder.resolve("log.jsonl");
        List<Entry> kept = new ArrayList<>();
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                Entry entry = parse(line);
                if (entry != null && entry.step <= until) {
                    kept.add(entry);
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + FileReason.of(e), e);
        }
        AtomicFile.write(file, lines(kept).getBytes(StandardCharsets.UTF_8));
        return new TrainingLog(file, kept);
    }

    // The last line of a killed run may be cut.
    private static @Nullable Entry parse(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            Map<String, Double> losses = new LinkedHashMap<>();
            node.forEachEntry((name, value) -> {
                if (!name.equals(STEP) && !name.equals(PART)) {
                    losses.put(name, value.asDouble());
                }
            });
            return new Entry(node.path(STEP).asLong(), node.path(PART).asString(""), losses);
        } catch (JacksonException e) {
            return null;
        }
    }

    void training(long step, Map<String, Double> losses) {
        add(new Entry(step, "train", losses));
    }

    void validation(long step, Map<String, Double> losses) {
        add(new Entry(step, "validation", losses));
        flush();
    }

    private void add(Entry entry) {
        entries.add(entry);
        pending.add(entry);
    }

    List<Entry> entries() {
        return entries;
    }

    void flush() {
        AtomicFile.append(file, lines(pending).getBytes(StandardCharsets.UTF_8));
        pending.clear();
    }

    private static String lines(List<Entry> entries) {
        return entries.stream().map(TrainingLog::line).collect(Collectors.joining());
    }

    private static String line(Entry entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(STEP, entry.step);
        fields.put(PART, entry.part);
        fields.putAll(entry.losses);
        return JSON.writeValueAsString(fields) + "\n";
    }
}
