package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an unfinished run has behind it, so that the same command goes on where it was cut: {@code run.jsonl}, whose first
 * line says what run it is and whose others hold one finished prompt each, in order. A line is added, and forced to the
 * disk, when all images of its prompt are; {@code run.json} takes the file's place at the end.
 */
public final class RunManifest {
    /** The file's name. */
    public static final String FILE = "run.jsonl";

    private static final JsonMapper JSON = new JsonMapper();
    private static final String RUN = "run";
    private static final String ARITHMETIC = "arithmetic";

    private final OutputFolder folder;
    private final ObjectNode head;
    private final List<ObjectNode> done;
    private final String before;
    private boolean begun;

    private RunManifest(OutputFolder folder, ObjectNode head, List<ObjectNode> done, String before) {
        this.folder = folder;
        this.head = head;
        this.done = done;
        this.before = before;
    }

    /**
     * The manifest of a run in its folder, with what an earlier process finished of the same run. Nothing is written yet.
     *
     * @param run all that its images depend on
     * @param arithmetic what their last bits depend on, see {@link io.irscale.Diagnostics#arithmetic}
     * @throws InvalidInputException if the folder holds an unfinished run of another kind that may not be replaced
     */
    public static RunManifest open(OutputFolder folder, ObjectNode run, String arithmetic) {
        ObjectNode head = JSON.createObjectNode();
        head.set(RUN, run);
        head.put(ARITHMETIC, arithmetic);
        Path file = folder.file(FILE);
        if (folder.overwrites() || !Files.exists(file)) {
            return new RunManifest(folder, head, List.of(), arithmetic);
        }
        List<ObjectNode> lines = read(file);
        // Read back, for a text has other types of numbers than a tree that was made.
        if (lines.isEmpty() || !lines.getFirst().path(RUN).equals(JSON.readTree(JSON.writeValueAsBytes(run)))) {
            throw new InvalidInputException(file
                    + ": is of an unfinished run of another command; repeat that one to go on with it, add --overwrite"
                    + " to replace its files, or give another --out");
        }
        List<ObjectNode> done = new ArrayList<>();
        for (ObjectNode line : lines.subList(1, lines.size())) {
            if (!isWhole(folder, line)) {
                break;
            }
            done.add(line);
        }
        return new RunManifest(
                folder, head, done, lines.getFirst().path(ARITHMETIC).asString(""));
    }

    private static List<ObjectNode> read(Path file) {
        List<ObjectNode> lines = new ArrayList<>();
        try {
            for (String line : Files.readString(file).lines().toList()) {
                if (!(JSON.readTree(line) instanceof ObjectNode object)) {
                    return lines;
                }
                lines.add(object);
            }
            return lines;
        } catch (JacksonException e) {
            return lines; // the last line of a killed run may be cut
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + FileReason.of(e), e);
        }
    }

    // Images that someone took away are drawn again.
    private static boolean isWhole(OutputFolder folder, JsonNode line) {
        return line.findValues("file").stream().allMatch(name -> Files.isRegularFile(folder.file(name.asString(""))));
    }

    /** Prompts that an earlier process finished, in order from the first. */
    public List<ObjectNode> done() {
        return done;
    }

    /** What the user should know of a run that goes on; empty of one that begins. */
    public Optional<String> note() {
        if (done.isEmpty()) {
            return Optional.empty();
        }
        String now = head.path(ARITHMETIC).asString("");
        String other = before.equals(now)
                ? ""
                : "; what is drawn now may differ in its last bits from what one run would have drawn, for it is on "
                        + now + " and was on " + before;
        return Optional.of("goes on after prompt %d%s".formatted(done.size(), other));
    }

    /** Images are about to be written: from here on the folder's old report is wrong, and this run can be gone on with. */
    public synchronized void begin() {
        if (begun) {
            return;
        }
        StringBuilder text = new StringBuilder(line(head));
        done.forEach(each -> text.append(line(each)));
        AtomicFile.write(folder.file(FILE), text.toString().getBytes(StandardCharsets.UTF_8));
        folder.deleteReports();
        begun = true;
    }

    /** One more prompt, all of whose images are written; those that {@code outcome} names under {@code file} are needed. */
    public void add(ObjectNode outcome) {
        begin();
        AtomicFile.append(folder.file(FILE), line(outcome).getBytes(StandardCharsets.UTF_8));
    }

    /** The reports are written: nothing is left to go on with. */
    public void finish() {
        try {
            Files.deleteIfExists(folder.file(FILE));
        } catch (IOException e) {
            throw new InvalidInputException(folder.file(FILE) + ": cannot be deleted: " + FileReason.of(e), e);
        }
    }

    private static String line(ObjectNode node) {
        return JSON.writeValueAsString(node) + "\n";
    }
}
