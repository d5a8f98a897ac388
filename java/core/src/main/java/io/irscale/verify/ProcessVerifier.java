package io.irscale.verify;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.error.VerifierException;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Scores images by a command of the user's, which reads requests from its standard input and writes scores to its
 * standard output, a JSON object a line each, in UTF-8:
 *
 * <pre>{@code
 * {"id":7,"prompt":"a road at night","width":512,"height":512,"rgb8":"<base64>"}
 * {"id":9,"prompt":"a road at night","width":512,"height":512,"rgb8":"<base64>"}
 * {"batch":2}
 * }</pre>
 *
 * <p>{@code rgb8} holds 3 x width x height bytes: row by row from the top, a pixel's red, green and blue together. The
 * line {@code batch} ends a batch and tells its size; the next one comes when all of this one are scored. The command
 * answers at once or at the batch's end, in any order, one line an id; the score is a finite number, higher is better,
 * and fields beside these two are ignored:
 *
 * <pre>{@code
 * {"id":9,"score":0.27}
 * {"id":7,"score":0.31}
 * }</pre>
 *
 * <p>The command runs in the working directory and environment of this JVM, for as long as the verifier is open. Its
 * standard output is for replies alone, to be flushed after each batch; logs go to standard error, whose last line
 * stands in the error if it fails. It ends when its input does: {@link #close} gives it 3 seconds, then it is killed
 * with all its descendants. It is killed as well after it broke the protocol, exited or kept silent for too long; the
 * next call starts it anew.
 */
public final class ProcessVerifier implements ImageVerifier {
    /** How long a command may be silent, unless told otherwise. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a command has to do, in a few lines for a command line's help. */
    public static final String PROTOCOL = """
            The command runs as long as the engine. It reads JSON lines from stdin:
              {"id":7,"prompt":"...","width":512,"height":512,"rgb8":"<base64 of 8-bit RGB, row by row>"}
            and after the last image of a batch {"batch":N}; it writes to stdout, in any order, one line an image:
              {"id":7,"score":0.31}
            Higher is better. Logs go to stderr. It has to end when stdin does.
            """;

    private static final JsonMapper JSON = new JsonMapper();

    private final String name;
    private final List<String> command;
    private final Duration patience;
    private @Nullable ChildProcess child;
    private boolean closed;

    private ProcessVerifier(String name, List<String> command, Duration patience) {
        this.name = name;
        this.command = List.copyOf(command);
        this.patience = patience;
    }

    /**
     * Starts the command, once for all calls.
     *
     * @param name for reports
     * @param command program and arguments; no shell is involved
     * @param patience how long it may take until its first reply to a batch and from one reply to the next, above 0;
     *     the first reply of all includes its own start
     * @throws InvalidInputException if it cannot be started, or {@code patience} is not above 0
     */
    public static ProcessVerifier start(String name, List<String> command, Duration patience) {
        if (command.isEmpty()) {
            throw new InvalidInputException("verifier " + name + ": the command is empty");
        }
        if (!patience.isPositive()) {
            throw new InvalidInputException(
                    "verifier %s: the patience is %s s, expected more than 0".formatted(name, seconds(patience)));
        }
        ProcessVerifier verifier = new ProcessVerifier(name, command, patience);
        verifier.running();
        return verifier;
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * Scores images; waits while another thread's call is under way. Interrupting the caller kills the command.
     *
     * @param asked ids different
     * @throws VerifierException if the command broke the protocol, exited or kept silent, or the caller was interrupted
     */
    @Override
    public synchronized float[] score(List<Asked> asked) {
        requireOpen();
        Replies replies = new Replies(asked);
        if (replies.complete()) {
            return replies.scores();
        }
        List<byte[]> pixels = asked.stream().map(one -> one.image().rgb8()).toList();
        ChildProcess process = running();
        // A thread of its own, so that a command which does not read cannot block the caller for good.
        Thread sender =
                Thread.ofPlatform().daemon().name(name + " input").start(() -> send(process.input(), asked, pixels));
        Optional<String> problem;
        boolean interrupted = false;
        try {
            problem = receive(process, sender, replies);
        } catch (InterruptedException e) {
            interrupted = true;
            problem = Optional.of("interrupted while it scored " + replies.missing());
        }
        if (problem.isEmpty()) {
            return replies.scores();
        }
        child = null;
        process.kill(sender);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        String words = process.lastError();
        throw new VerifierException("verifier %s: %s (command: %s%s)"
                .formatted(
                        name,
                        problem.get(),
                        Replies.shown(String.join(" ", command)),
                        words.isEmpty() ? "" : "; it said: " + Replies.shown(words)));
    }

    /** Gathers the replies; returns what went wrong, if anything. */
    private Optional<String> receive(ChildProcess process, Thread sender, Replies replies) throws InterruptedException {
        while (!replies.complete()) {
            Optional<String> problem = switch (process.await(patience)) {
                case ChildProcess.Line line -> replies.take(line.text());
                case ChildProcess.Silence _ ->
                    Optional.of("no score for " + replies.missing() + " within " + seconds(patience) + " s");
                case ChildProcess.Ended _ -> Optional.of(ending(process) + " before it scored " + replies.missing());
            };
            if (problem.isPresent()) {
                return problem;
            }
        }
        return sender.join(patience)
                ? Optional.empty()
                : Optional.of("did not read to the end of its input within " + seconds(patience) + " s");
    }

    private static String ending(ChildProcess process) throws InterruptedException {
        OptionalInt code = process.exitCode();
        return code.isPresent() ? "exited with code " + code.getAsInt() : "closed its output";
    }

    private static void send(OutputStream input, List<Asked> asked, List<byte[]> pixels) {
        try {
            for (int i = 0; i < asked.size(); i++) {
                Asked one = asked.get(i);
                write(
                        input,
                        JSON.createObjectNode()
                                .put("id", one.id())
                                .put("prompt", one.prompt())
                                .put("width", one.image().width())
                                .put("height", one.image().height())
                                .put("rgb8", pixels.get(i)));
            }
            write(input, JSON.createObjectNode().put("batch", asked.size()));
            input.flush();
        } catch (IOException e) {
            // It exited or closed its input: its end or its silence tells.
        }
    }

    private static void write(OutputStream input, ObjectNode line) throws IOException {
        input.write(JSON.writeValueAsBytes(line));
        input.write('\n');
    }

    private ChildProcess running() {
        try {
            ChildProcess running = child == null ? ChildProcess.start(name, command) : child;
            child = running;
            return running;
        } catch (IOException e) {
            throw new InvalidInputException(
                    "verifier %s: the command cannot be started: %s"
                            .formatted(name, Replies.shown(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("verifier " + name + ": used after it was closed");
        }
    }

    /** Ends the command, as told above; waits while another thread's call is under way. */
    @Override
    public synchronized void close() {
        requireOpen();
        closed = true;
        if (child != null) {
            child.close();
            child = null;
        }
    }
}
