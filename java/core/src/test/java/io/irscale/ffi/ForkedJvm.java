package io.irscale.ffi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JVM of its own, for what a process can do only once: loading libraries. */
public final class ForkedJvm {
    private ForkedJvm() {}

    /**
     * Opens libtorch from each of {@code folders} in turn ("" for the default one) with these system properties and
     * returns a line for each: {@code ok}, or the exception's class and message.
     */
    static List<String> open(List<String> properties, String... folders) throws IOException, InterruptedException {
        return run(ForkedJvm.class, properties, folders);
    }

    /** Runs a class's main with these system properties and returns the lines that it wrote; it must end well. */
    public static List<String> run(Class<?> main, List<String> properties, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.addAll(properties);
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("exit code " + process.exitValue() + ": " + output);
        }
        return output.lines().toList();
    }

    public static void main(String[] folders) {
        for (String folder : folders) {
            System.out.println(attempt(folder));
        }
    }

    private static String attempt(String folder) {
        try {
            TorchLibraries.open(folder.isEmpty() ? Optional.empty() : Optional.of(Path.of(folder)));
            return "ok";
        } catch (Throwable e) {
            return e.getClass().getName() + ": " + e.getMessage();
        }
    }
}
