package io.irscale.verify;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A running command whose lines of output can be waited for with a time limit. A thread each reads its output and its
 * errors; both end with it.
 */
final class ChildProcess {
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final int LONGEST_LINE = 1 << 16;
    private static final int LINES_AHEAD = 1024;

    private final Process process;
    private final BlockingQueue<Optional<String>> output = new ArrayBlockingQueue<>(LINES_AHEAD);
    private final Thread outputReader;
    private final Thread errorReader;
    private volatile String lastError = "";

    private ChildProcess(Process process, String name) {
        this.process = process;
        outputReader = read(name + " output", this::readOutput);
        errorReader = read(name + " errors", this::readErrors);
    }

    /**
     * Starts a command in the working directory and environment of this JVM.
     *
     * @param name for its threads
     * @throws IOException if it cannot be started
     */
    static ChildProcess start(String name, List<String> command) throws IOException {
        return new ChildProcess(new ProcessBuilder(command).start(), name);
    }

    private static Thread read(String name, Runnable loop) {
        return Thread.ofPlatform().daemon().name(name).start(loop);
    }

    /** Its standard input. Writing blocks while the process does not read. */
    OutputStream input() {
        return process.getOutputStream();
    }

    /** What {@link #await} found. */
    sealed interface Output {}

    /** A line; what goes beyond 64 KiB is left out. */
    record Line(String text) implements Output {}

    /** No line will follow. */
    record Ended() implements Output {}

    /** No line came in time. */
    record Silence() implements Output {}

    /** The next line, waited for as long as {@code patience}. */
    Output await(Duration patience) throws InterruptedException {
        Optional<String> line = output.poll(TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS);
        if (line == null) {
            return new Silence();
        }
        return line.<Output>map(Line::new).orElseGet(Ended::new);
    }

    /** The exit code; empty while it runs on, though it may have ended its output. */
    OptionalInt exitCode() throws InterruptedException {
        return process.waitFor(GRACE) ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    }

    /** The last line of its errors that is not blank, cut short; empty if there is none. */
    String lastError() {
        return lastError;
    }

    /** Ends its input, gives it a few seconds to end by itself, and kills what is left of it and its descendants. */
    void close() {
        List<ProcessHandle> tree = tree();
        boolean interrupted = false;
        try {
            process.getOutputStream().close();
            exits(tree).get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            // It is killed all the same.
        } catch (InterruptedException e) {
            interrupted = true;
        }
        kill(tree, List.of(outputReader, errorReader));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills it with its descendants, and waits for the thread that writes to it, which fails then. */
    void kill(Thread writer) {
        kill(tree(), List.of(outputReader, errorReader, writer));
    }

    // The descendants of a process can be found only while it lives.
    private List<ProcessHandle> tree() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
    }

    private static CompletableFuture<Void> exits(List<ProcessHandle> tree) {
        return CompletableFuture.allOf(tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
    }

    private void kill(List<ProcessHandle> before, List<Thread> threads) {
        before.forEach(ProcessHandle::destroyForcibly);
        tree().forEach(ProcessHandle::destroyForcibly); // whoever came since
        outputReader.interrupt(); // it may wait for room
        try {
            process.waitFor(GRACE);
            for (Thread thread : threads) {
                thread.join(GRACE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOutput() {
        try (InputStream in = new BufferedInputStream(process.getInputStream())) {
            for (Optional<String> line = line(in); line.isPresent(); line = line(in)) {
                output.put(line);
            }
            output.put(Optional.empty());
        } catch (IOException e) {
            output.offer(Optional.empty());
        } catch (InterruptedException e) {
            // Killed, and nobody listens.
        }
    }

    private void readErrors() {
        try (InputStream in = new BufferedInputStream(process.getErrorStream())) {
            for (Optional<String> line = line(in); line.isPresent(); line = line(in)) {
                if (!line.get().isBlank()) {
                    lastError = line.get();
                }
            }
        } catch (IOException e) {
            // Its pipe broke: the last line stays what it was.
        }
    }

    private static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (line.size() < LONGEST_LINE) {
                line.write(read);
            }
        }
        return Optional.of(line.toString(StandardCharsets.UTF_8));
    }
}
